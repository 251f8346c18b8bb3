// One line of text for people about one Windows event: our own short words for the common ones, its fields for all
// others. Not Windows' message texts, which live in the providers' DLLs, and no judgement.
#pragma once
#include "record/event.hpp"
#include <string>

namespace konseki::windows_event {

// "Logon type 10 of CORP\taro from 10.0.0.9 (Negotiate)"; "Some-Provider 123: Field=value, …" where we have no words.
// At most 1,000 bytes; control characters become blanks.
std::string message_of(Event const& event);

}
