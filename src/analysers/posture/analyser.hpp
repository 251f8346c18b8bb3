// Weak settings of hosts: what makes the next intrusion easy. Not a compliance scan: only what intruders use counts.
#pragma once
#include "analysers/catalogue.hpp"

namespace konseki::posture {

extern Analyser const analyser;

}
