// Images that lie in several files: which files belong together, by their names, and what their bytes say about the
// order. Not the reading of what is in them: media.hpp.
#pragma once
#include "record/artefact_parser.hpp"
#include <set>
#include <string>
#include <vector>

namespace konseki::intake {

inline constexpr std::size_t segments_max = 900; // each is an open file until the worker has mapped it

// The other files of an image whose first file this is, in order; all are among `walked` (full paths). Known families:
// x.E01, x.E02 … x.EAA (also S01, L01, e01); x.001, x.002 … (also .000, .0001); x.vmdk and x-flat.vmdk, x-s001.vmdk,
// x-f001.vmdk …. By names alone: whether it is an image at all, the worker sees.
std::vector<std::string> segments_of(std::string_view first, std::set<std::string> const& walked);
// The file is not the first of such a family whose first file is there: it is read with that one.
bool is_later_segment(std::string_view path, std::set<std::string> const& walked);

// A name as members of such families have them; most files have another.
bool may_be_segment(std::string_view path);

// What is missing between the segments of a raw or EWF image, or behind them, is reported; the segments that can be
// used are what stays. `first` has no number of its own.
std::vector<Companion> usable_segments(
    std::string_view kind, Companion const& first, std::span<Companion const> segments, DiagnosticSink& diagnostics);

}
