#include "analysers/toy_counter/analyser.hpp"

namespace konseki::toy_counter {

namespace {
Result<void> run(AnalyserInputs const&, FindingSink&)
{
    return {};
}
}

constinit Analyser const analyser {
    .name = "toy_counter", .title = "Toy counter", .version = 1, .needs = {}, .run = run
};

}
