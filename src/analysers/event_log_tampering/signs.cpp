#include "analysers/event_log_tampering/signs.hpp"
#include <array>

namespace konseki::event_log_tampering {

namespace {

constexpr auto meanings = std::to_array<SignMeaning>({
    { "record_hidden", Severity::critical, Severity::critical, OnlyFor::any, "Record hidden inside another record",
        "別のレコードの中に隠されたレコード",
        "A whole event record lies inside the body of the record before it, so that Windows does not show it any more. "
        "Tools that delete single events leave exactly this; nothing in Windows does.",
        "イベントレコード全体が直前のレコードの本体に含まれ、Windows "
        "では表示されなくなっています。個別のイベントを削除するツールの痕跡で、Windows "
        "自身がこの状態を作ることはありません。" },
    { "record_id_gap", Severity::medium, Severity::low, OnlyFor::own_numbering, "Record numbers are missing",
        "レコード番号の欠落",
        "Within one chunk of the log the record numbers jump. Windows numbers events without gaps; records were "
        "removed or overwritten.",
        "ログの一つのチャンク内でレコード番号が飛んでいます。Windows "
        "は欠番なく番号を付けるため、レコードが削除または上書きされています。" },
    { "record_id_repeated", Severity::low, Severity::informational, OnlyFor::own_numbering,
        "Record numbers occur twice", "レコード番号の重複",
        "Record numbers occur twice within one log. Copies from volume shadow copies and interrupted writes do this; "
        "so does editing.",
        "一つのログ内でレコード番号が重複しています。シャドウコピーからの複製や書き込み中断のほか、改変でも発生します"
        "。" },
    { "chunk_records_crc", Severity::medium, Severity::informational, OnlyFor::any,
        "Checksum over records does not fit", "レコードのチェックサム不一致",
        "The stored checksum of a chunk does not fit its records. In a log that was closed properly the bytes were "
        "changed or damaged afterwards.",
        "チャンクに保存されたチェックサムがレコードと一致しません。正常に閉じられたログの場合、後からバイト列が変更また"
        "は破損しています。" },
    { "chunk_header_crc", Severity::medium, Severity::informational, OnlyFor::any,
        "Checksum of a chunk header does not fit", "チャンクヘッダーのチェックサム不一致",
        "The stored checksum of a chunk header does not fit. In a log that was closed properly the header was changed "
        "or damaged afterwards.",
        "チャンクヘッダーのチェックサムが一致しません。正常に閉じられたログの場合、後から変更または破損しています。" },
    { "file_header_crc", Severity::medium, Severity::low, OnlyFor::any, "Checksum of the log's header does not fit",
        "ログヘッダーのチェックサム不一致", "The header of the log file was changed without its checksum.",
        "ログファイルのヘッダーが、チェックサムを更新せずに変更されています。" },
    { "file_header_flags", Severity::medium, Severity::medium, OnlyFor::any, "Unknown marks in the log's header",
        "ログヘッダーの未定義のフラグ",
        "The header of the log file carries bits that Windows does not use. Another program wrote this header.",
        "ログファイルのヘッダーに Windows が使わないビットがあります。別のプログラムがヘッダーを書き込んでいます。" },
    { "file_header_value", Severity::low, Severity::low, OnlyFor::any, "Impossible values in the log's header",
        "ログヘッダーの不正な値", "The header of the log file holds sizes or numbers that cannot be.",
        "ログファイルのヘッダーに、あり得ないサイズや番号があります。" },
    { "chunk_count", Severity::low, Severity::informational, OnlyFor::any,
        "The log holds other chunks than its header counts", "ヘッダーとチャンク数の不一致",
        "The header counts other chunks than the file holds. In a log that was closed properly both agree.",
        "ヘッダーのチャンク数と実際の数が異なります。正常に閉じられたログでは一致します。" },
    { "next_record_id", Severity::low, Severity::informational, OnlyFor::own_numbering,
        "The newest record is not the one that the header expects", "最新レコード番号とヘッダーの不一致",
        "The header names another next record number than the newest record leads to. In a log that was closed "
        "properly records may have been taken off the end.",
        "閉じられたログであるにもかかわらず、ヘッダーの次のレコード番号が最新のレコードと合いません。末尾のレコードが取"
        "り除かれた可能性があります。" },
    { "chunk_numbers", Severity::medium, Severity::informational, OnlyFor::own_numbering,
        "A chunk's header names other records than it holds", "チャンクヘッダーとレコード番号の不一致",
        "The header of a chunk names first and last record numbers that its records do not have.",
        "チャンクヘッダーの最初と最後のレコード番号が、実際のレコードと異なります。" },
    { "free_space_offset", Severity::medium, Severity::low, OnlyFor::any, "A chunk's end of data is wrong",
        "チャンクのデータ終端の不正", "A chunk's header says that its data end where they do not.",
        "チャンクヘッダーの示すデータ終端が実際と異なります。" },
    { "record_size", Severity::medium, Severity::low, OnlyFor::any, "Record with an impossible size",
        "サイズが不正なレコード",
        "A record's size is zero, too small or reaches out of its chunk. Readers stop here and lose what follows; what "
        "could be read behind it was read.",
        "レコードのサイズがゼロ、過小、またはチャンクの外に及んでいます。多くのツールはここで読み取りを止めますが、後続"
        "の読み取れる部分は読み取りました。" },
    { "record_size_copy", Severity::medium, Severity::low, OnlyFor::any, "Record whose two sizes differ",
        "二つのサイズが一致しないレコード",
        "The size at a record's end is not the one at its beginning: the record was changed or is damaged.",
        "レコード末尾のサイズが先頭と異なります。変更または破損しています。" },
    { "time_backwards", Severity::low, Severity::low, OnlyFor::own_numbering, "Time goes backwards within a log",
        "ログ内での時刻の逆行",
        "A later record carries a time more than a minute before the one in front of it. The clock was set back, or "
        "records were written afterwards.",
        "後のレコードの時刻が直前のレコードより一分以上前になっています。時計が戻されたか、後から書き込まれています"
        "。" },
    { "chunk_missing", Severity::low, Severity::informational, OnlyFor::any, "Part of the log holds no chunk",
        "チャンクではない領域", "A part of the file holds bytes but no chunk header: overwritten or damaged.",
        "データはあるもののチャンクヘッダーがない領域があります。上書きまたは破損です。" },
    { "chunk_truncated", Severity::low, Severity::low, OnlyFor::any, "The log file ends in the middle of a chunk",
        "チャンクの途中で終わるログファイル", "The file was cut off. What came after the cut is not in the evidence.",
        "ファイルが途中で切れています。それ以降は証拠に含まれていません。" },
    { "file_dirty", Severity::informational, Severity::informational, OnlyFor::any, "The log was not closed",
        "閉じられていないログ",
        "The log was open when it was copied, or Windows stopped without closing it. This is usual for copies of "
        "running machines; header and checksums are then out of date.",
        "コピー時にログが開かれていたか、Windows "
        "が正常に終了していません。稼働中の端末のコピーでは普通のことで、ヘッダーやチェックサムは最新ではありません"
        "。" },
});

}

std::span<SignMeaning const> sign_meanings()
{
    return meanings;
}

SignMeaning const* find_meaning(std::string_view kind)
{
    for (auto const& meaning : meanings)
        if (meaning.kind == kind)
            return &meaning;
    return nullptr;
}

}
