// Prints what the generated catalogues hold.
#include "analysers/catalogue.hpp"
#include "traces/catalogue.hpp"
#include <cstdio>

int main()
{
    for (auto const* parser : konseki::artefact_parsers())
        std::printf("artefact %.*s\n", static_cast<int>(parser->name.size()), parser->name.data());
    for (auto const* analyser : konseki::analysers())
        std::printf("analyser %.*s\n", static_cast<int>(analyser->name.size()), analyser->name.data());
}
