// What we could not read, stored beside what we could. Nobody below intake/ logs: a diagnostic is the log.
#pragma once
#include "base/error.hpp"

namespace konseki {

struct Diagnostic {
    Error error;
    std::uint64_t bytes_lost = 0; // 0: a remark, nothing was lost (a bad checksum over readable content, say)
};

class DiagnosticSink {
public:
    virtual ~DiagnosticSink() = default;
    virtual void report(Diagnostic const& diagnostic) = 0;
};

}
