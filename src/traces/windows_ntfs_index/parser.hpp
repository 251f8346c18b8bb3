// Index buffers of NTFS directories ($I30) as rows: names with times and sizes, deleted ones as recovered rows.
// Not paths: join parent_record with windows.mft.file. Not the layout of pages: formats/ntfs_index.
#pragma once
#include "record/artefact_parser.hpp"

namespace konseki::windows_ntfs_index {

extern ArtefactParser const parser;

}
