// The files of a disk image that matter, as members: partitions, NTFS, FAT and ext file systems, shadow copies.
// Runs in a worker. Not a file carver: deleted files are rows of the MFT.
#pragma once
#include "intake/image/media.hpp"
#include "intake/unpack.hpp"

namespace konseki::intake {

struct ImageInput {
    ByteView bytes;
    std::string_view kind; // image_kind()
    std::uint64_t inflated_bytes_max = 0; // of all members together
    std::string_view name {}; // of the file
    std::span<Companion const> segments {}; // its further files: segments.hpp
};

// Members are named as a collection would: "C/Windows/…" for the volume that holds Windows, "D/…" and so on for the
// others, "VSS1/C/…" for shadow copies, "[root]/etc/…" for Linux. NTFS volumes give $MFT, $Extend/$J (from its first
// allocated byte) and $Secure_$SDS, too. Images up to small_image_bytes give every file, larger ones what artefact
// parsers can read (is_artefact_path); how many files stay inside is told. Damage costs what it hits.
Result<void> read_image(
    ImageInput const& input, Limits const& limits, DiagnosticSink& diagnostics, MemberSink& members);

inline constexpr std::uint64_t small_image_bytes = 2ULL << 30;

// Lower case, '/' between, without the volume.
bool is_artefact_path(std::string_view path);

}
