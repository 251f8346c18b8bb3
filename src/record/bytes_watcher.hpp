// Sees whole files as they are, whatever they are: YARA runs here, in the worker that has the file mapped.
// Not for what parsers find in them: that is EventWatcher's (record/event.hpp).
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki {

class BytesWatcher {
public:
    virtual ~BytesWatcher() = default;
    // Once for each file that is scanned, recognised or not; its rows go to the sink that the watcher was made with.
    virtual void on_bytes(EvidenceView const& evidence, DiagnosticSink& diagnostics) = 0;
};

}
