#include "app/command_table.hpp"
#include "base/text.hpp"
#include <algorithm>
#include <array>

namespace konseki::app {

// ---- options that commands share ----

static constexpr std::array everything_options {
    Option { .name = "help", .letter = 'h', .meaning = "Show what the command does, its options and examples" },
    Option { .name = "quiet",
        .letter = 'q',
        .meaning = "No progress and no remarks on standard error; errors are still shown" },
    Option { .name = "color",
        .value = "WHEN",
        .meaning = "Colour the output (default: auto, only on a terminal; NO_COLOR is honoured)",
        .choices = "auto|always|never",
        .completes = Completes::choices },
};

static constexpr std::array case_options {
    Option { .name = "case",
        .letter = 'c',
        .value = "DIR",
        .meaning = "The case folder (default: the only *.konseki folder here)",
        .completes = Completes::folder },
};

static constexpr std::array format_options {
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "How rows are written (default: table)",
        .choices = "table|jsonl|json|csv|xml",
        .completes = Completes::choices },
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Write to this file instead of standard output; it appears only when complete",
        .completes = Completes::file },
};

static constexpr std::array filter_options {
    Option { .name = "from",
        .value = "TIME",
        .meaning = "Not before this time (2021-03-02, 2021-03-02T10:00:00Z, …+09:00; UTC where no zone is given)" },
    Option { .name = "to", .value = "TIME", .meaning = "Before this time; a bare date means the end of that day" },
    Option { .name = "host",
        .value = "NAME",
        .meaning
        = "Computer name, with or without its domain; * and ? match anything; a comma or a repeated option means or",
        .is_repeatable = true },
    Option { .name = "channel", .value = "NAME", .meaning = "Channel: Security, *Sysmon*", .is_repeatable = true },
    Option { .name = "provider", .value = "NAME", .meaning = "Provider name", .is_repeatable = true },
    Option {
        .name = "id", .value = "LIST", .meaning = "Event ids and ranges: 4624,4625,4697-4702", .is_repeatable = true },
    Option { .name = "level",
        .value = "LIST",
        .meaning = "Levels of the event: critical, error, warning, information, verbose or 0-5",
        .is_repeatable = true },
    Option { .name = "user",
        .value = "SID",
        .meaning = "User SID of the event's header; * and ? match anything",
        .is_repeatable = true },
    Option { .name = "record", .value = "LIST", .meaning = "Event record numbers and ranges", .is_repeatable = true },
    Option { .name = "evidence",
        .value = "LIST",
        .meaning = "Only from these pieces of evidence: e1,e4-e9",
        .is_repeatable = true },
    Option { .name = "recovered",
        .value = "WHICH",
        .meaning = "Records recovered from slack, free space or other records: with the live ones (yes, default), none "
                   "(no), or only those",
        .choices = "yes|no|only",
        .completes = Completes::choices },
};

static constexpr std::array rules_options {
    Option { .name = "rules",
        .letter = 'r',
        .value = "DIR",
        .meaning = "Sigma rules: a folder, a file, or a pack made by konseki rules compile",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "pipeline",
        .value = "FILE",
        .meaning = "Sigma processing pipeline: field names, log sources and placeholders as data",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "no-starter-rules", .meaning = "Leave out the rules that are built in" },
};

static constexpr std::array workers_options {
    Option { .name = "workers",
        .letter = 'j',
        .value = "N",
        .meaning = "Worker processes that read evidence (default: one per processor)" },
    Option { .name = "progress", .meaning = "Show progress even where standard error is not a terminal" },
};

static constexpr std::array time_zone_options {
    Option { .name = "tz",
        .value = "ZONE",
        .meaning = "Zone for times in tables (default: utc); other formats always hold UTC",
        .choices = "utc|jst",
        .completes = Completes::choices },
};

static constexpr std::array language_options {
    Option { .name = "language",
        .value = "LANGUAGE",
        .meaning = "Language of titles, explanations and advice (default: ja where LANG says so, otherwise en)",
        .choices = "en|ja",
        .completes = Completes::choices },
};

// ---- own options ----

static constexpr std::array examine_options {
    Option { .name = "case",
        .letter = 'c',
        .value = "DIR",
        .meaning = "The case folder, made where there is none (default: konseki-case-NAME.konseki here)",
        .completes = Completes::folder },
    Option { .name = "live",
        .meaning = "Collect the state of this Linux machine first, into the case, and examine it; best as root" },
    Option { .name = "copy", .meaning = "Copy the evidence into the case's vault instead of reading it where it lies" },
    Option { .name = "again", .meaning = "Examine again what was examined before" },
    Option { .name = "password",
        .value = "WORD",
        .meaning = "Try this password on encrypted zip archives; other users of this computer see it while the "
                   "command runs. Kept nowhere",
        .is_repeatable = true },
    Option { .name = "key",
        .value = "FILE",
        .meaning
        = "Private key (PEM) for which a collection was encrypted: of a Velociraptor server, or of a recipient of "
          "DFIR-ORC's .p7b. Kept nowhere",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "yara",
        .value = "DIR",
        .meaning = "Scan the bytes of all evidence with YARA rules as well: a folder (.yar, .yara and .rule files "
                   "below it) or a file",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "baseline",
        .value = "FILE",
        .meaning = "Known-good states (konseki baseline make) to compare the hosts with; copied into the case",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "no-report", .meaning = "Do not write the HTML report at the end" },
    Option { .name = "no-environ", .meaning = "With --live: leave out the environment of processes" },
    Option { .name = "keep-secrets", .meaning = "With --live: keep what looks like passwords in environments" },
    Option { .name = "verify",
        .value = "WHICH",
        .meaning
        = "With --live: files of packages to compare: what can run or configures (programs, default), all, none",
        .choices = "programs|all|none",
        .completes = Completes::choices },
    Option { .name = "no-logs", .meaning = "With --live: leave out logs" },
    Option { .name = "fast", .meaning = "With --live: collect at normal priority" },
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "The summary at the end as text or as one JSON object",
        .choices = "text|json",
        .completes = Completes::choices },
};

static constexpr std::array collect_options {
    Option { .name = "out",
        .letter = 'o',
        .value = "DIR",
        .meaning = "Folder for the archive (default: here). Best on another disk: what is written here may cover what "
                   "was deleted",
        .completes = Completes::folder },
    Option { .name = "root",
        .value = "DIR",
        .meaning = "A dead system: the root of a mounted image or an unpacked tree. Files only, no processes",
        .completes = Completes::folder },
    Option { .name = "no-environ", .meaning = "Leave out the environment of processes; what is preloaded is kept" },
    Option { .name = "keep-secrets",
        .meaning
        = "Keep values of the environment that look like passwords, keys and tokens; they are masked otherwise" },
    Option { .name = "verify",
        .value = "WHICH",
        .meaning = "Files of packages to read and compare: what can run or configures (programs, default), all, none",
        .choices = "programs|all|none",
        .completes = Completes::choices },
    Option { .name = "no-logs", .meaning = "Leave out logs" },
    Option { .name = "fast", .meaning = "Collect at normal priority: on a busy machine a low one can take minutes" },
    Option { .name = "progress", .meaning = "Show progress even where standard error is not a terminal" },
};

static constexpr std::array events_options {
    Option { .name = "text",
        .value = "TEXT",
        .meaning
        = "Some field, name or message holds this text (any case); repeated: all of them. Reads the evidence again",
        .is_repeatable = true },
    Option { .name = "where",
        .value = "FIELD|MODIFIER=VALUE",
        .meaning
        = "A Sigma selection: Image|endswith=\\cmd.exe, LogonType=3; repeated: all of them. Reads the evidence again",
        .is_repeatable = true },
    Option { .name = "fields",
        .value = "NAMES",
        .meaning = "Columns to show: names of the index (written_at, computer, …) or of the event (TargetUserName); "
                   "reads the evidence again for the latter",
        .is_repeatable = true },
    Option { .name = "full",
        .meaning
        = "The whole event as it stands in the log (always so for json, jsonl and xml unless --fields is given)" },
    Option { .name = "follow-origin", .meaning = "Add file, chunk and offset of each record" },
    Option { .name = "limit",
        .letter = 'n',
        .value = "N",
        .meaning = "At most so many events (0: all; default 0, on a terminal 1000)" },
    Option { .name = "reverse", .meaning = "Latest first" },
};

static constexpr std::array findings_options {
    Option { .name = "severity",
        .value = "LEVEL",
        .meaning = "This severity and above",
        .choices = "informational|low|medium|high|critical",
        .completes = Completes::choices },
    Option { .name = "rule",
        .value = "TEXT",
        .meaning = "Rule id, or text in its title; * and ? match anything",
        .is_repeatable = true },
    Option { .name = "host",
        .value = "NAME",
        .meaning = "Computer name, with or without its domain; * and ? match anything",
        .is_repeatable = true },
    Option { .name = "analyser", .value = "NAME", .meaning = "Only of this analyser", .is_repeatable = true },
    Option { .name = "limit", .letter = 'n', .value = "N", .meaning = "At most so many (0: all)" },
    Option { .name = "traces", .meaning = "One row per trace that a finding stands on, instead of one per finding" },
};

static constexpr std::array show_options {
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "How the event is rendered (default: text)",
        .choices = "text|json|xml",
        .completes = Completes::choices },
    Option { .name = "bytes", .value = "N", .meaning = "At most so many bytes in the hex view (0: none, default 512)" },
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Write to this file",
        .completes = Completes::file },
};

static constexpr std::array search_options {
    Option { .name = "regex", .letter = 'e', .meaning = "The operands are regular expressions (RE2 syntax)" },
    Option { .name = "all", .letter = 'a', .meaning = "Only events that hold all of them" },
    Option { .name = "case-sensitive", .letter = 's', .meaning = "Tell upper from lower case" },
    Option { .name = "words-from",
        .value = "FILE",
        .meaning = "Read more words from a file, one a line",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "evidence",
        .value = "LIST",
        .meaning = "Only in these pieces of evidence: e1,e4-e9",
        .is_repeatable = true },
    Option { .name = "limit", .letter = 'n', .value = "N", .meaning = "At most so many hits (0: all)" },
    Option { .name = "count", .meaning = "Only how often each word was found" },
};

static constexpr std::array yara_options {
    Option { .name = "yara",
        .value = "DIR",
        .meaning = "YARA rules: a folder (.yar, .yara and .rule files below it) or a file",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "evidence",
        .value = "LIST",
        .meaning = "Only these pieces of evidence: e1,e4-e9",
        .is_repeatable = true },
    Option { .name = "again", .meaning = "Scan again what was scanned with the same rules before" },
    Option { .name = "check", .meaning = "Scan nothing: list every rule file that does not compile, and why" },
};

static constexpr std::array stats_options {
    Option { .name = "by",
        .value = "WHAT",
        .meaning = "What to count (default: id for events, with channel and provider)",
        .choices = "id|channel|host|provider|level|user|day|hour",
        .completes = Completes::choices },
    Option { .name = "logons", .meaning = "Logon summary: who logged on where from where, how often, first and last" },
    Option { .name = "coverage",
        .meaning = "What the logs cover: first and last time per host and channel, missing record numbers, silences" },
    Option { .name = "limit", .letter = 'n', .value = "N", .meaning = "At most so many rows (0: all)" },
};

static constexpr std::array query_options {
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "How rows are written (default: table)",
        .choices = "table|jsonl|json|csv|xml|parquet",
        .completes = Completes::choices },
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Write to this file (parquet needs one)",
        .completes = Completes::file },
};

static constexpr std::array timeline_options {
    Option { .name = "kind",
        .letter = 'k',
        .value = "KIND",
        .meaning = "What to write: events of logs, times of all other traces (state), findings (default: all)",
        .choices = "events|state|findings|all",
        .completes = Completes::choices },
    Option { .name = "from", .value = "TIME", .meaning = "Not before this time" },
    Option { .name = "to",
        .value = "TIME",
        .meaning = "Before this time; a bare date means the end of that day (a format's name is taken as --format)" },
    Option { .name = "host",
        .value = "NAME",
        .meaning
        = "Computer name, with or without its domain; * and ? match anything; a comma or a repeated option means or",
        .is_repeatable = true },
    Option { .name = "findings-only", .meaning = "Only the traces that findings stand on" },
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "How it is written (default: jsonl)",
        .choices = "jsonl|csv|timesketch|parquet",
        .completes = Completes::choices },
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Write to this file (parquet needs one)",
        .completes = Completes::file },
};

static constexpr std::array host_options {
    Option { .name = "top",
        .letter = 'n',
        .value = "N",
        .meaning = "Show so many items, those that most speaks for an implant first (0: all; default 10)" },
    Option { .name = "item", .value = "RANK", .meaning = "One item whole: every term of its score, every trace" },
    Option { .name = "around",
        .value = "TIME",
        .meaning = "Instead of the items, all traces of the host around this time: events, files, registry, findings" },
    Option { .name = "window",
        .value = "DURATION",
        .meaning = "How long before and after --around (90s, 5m, 2h, 1d; default 5m)" },
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "A screen for people (table, default), the whole as one JSON object, or the items as rows",
        .choices = "table|json|jsonl|csv",
        .completes = Completes::choices },
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Write to this file instead of standard output; it appears only when complete",
        .completes = Completes::file },
};

static constexpr std::array stack_options {
    Option { .name = "list", .meaning = "Which keys there are" },
    Option { .name = "host", .value = "NAME", .meaning = "Only values that this host has; all hosts are counted" },
    Option {
        .name = "kind", .value = "KIND", .meaning = "Only items of this kind: service, task, autostart, program …" },
    Option { .name = "by",
        .value = "ORDER",
        .meaning = "What comes first: the fewest hosts (default), or the most surprising for the kind of machine",
        .choices = "hosts|surprise",
        .completes = Completes::choices },
    Option { .name = "limit",
        .letter = 'n',
        .value = "N",
        .meaning = "At most so many values (0: all; default 0, on a terminal 1000)" },
};

static constexpr std::array fleet_rank_options {
    Option { .name = "leads", .meaning = "Instead of hosts, what to look at first in the fleet, each thing once" },
    Option { .name = "all",
        .meaning = "With --leads: also those that are told with another, below it (other formats than table: always)" },
    Option { .name = "items", .meaning = "Instead of hosts, the heaviest items of all hosts" },
    Option { .name = "campaigns", .meaning = "Instead of hosts, what several hosts share that is rare or weighs much" },
    Option { .name = "baseline",
        .value = "FILE",
        .meaning = "First put this baseline into the case and rank again, as konseki baseline use does",
        .completes = Completes::file,
        .is_repeatable = true },
    Option { .name = "limit",
        .letter = 'n',
        .value = "N",
        .meaning = "At most so many (0: all; default 50 in a table, otherwise all)" },
};

static constexpr std::array fleet_compare_options {
    Option { .name = "all", .meaning = "Also what is the same on both" },
};

static constexpr std::array fleet_since_options {
    Option { .name = "all", .meaning = "Each item that a package upgrade explains, not one line per package" },
    Option { .name = "limit",
        .letter = 'n',
        .value = "N",
        .meaning = "At most so many (0: all; default 200 in a table, otherwise all)" },
};

static constexpr std::array baseline_make_options {
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "The baseline to write",
        .completes = Completes::file },
    Option { .name = "hosts",
        .value = "NAMES",
        .meaning = "Only these hosts (default: all of the case)",
        .is_repeatable = true },
};

static constexpr std::array baseline_use_options {
    Option { .name = "none", .meaning = "Use none any more" },
};

static constexpr std::array report_options {
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "Where to write it (default: report/report.html in the case folder)",
        .completes = Completes::file },
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "The page for people (html, default) or the same content for programs",
        .choices = "html|json",
        .completes = Completes::choices },
    Option {
        .name = "title", .value = "TEXT", .meaning = "Title of the report (default: the name of the case folder)" },
};

static constexpr std::array evidence_options {
    Option { .name = "state",
        .value = "STATE",
        .meaning = "Only in this state",
        .choices = "registered|examined|not_recognised|duplicate|container|failed",
        .completes = Completes::choices },
};

static constexpr std::array hosts_options {
    Option { .name = "host",
        .value = "NAME",
        .meaning = "Only this machine, by any of its names, with or without domain; shows its classes of evidence" },
    Option { .name = "classes", .meaning = "One row per host and class of evidence, absent ones included" },
};

static constexpr std::array processes_options {
    Option { .name = "host", .value = "NAME", .meaning = "Only this machine" },
    Option { .name = "from", .value = "TIME", .meaning = "Started not before this time; ancestors are shown anyway" },
    Option {
        .name = "to", .value = "TIME", .meaning = "Started before this time; a bare date means the end of that day" },
    Option { .name = "name", .value = "TEXT", .meaning = "Program or command line contains this text" },
};

static constexpr std::array diagnostics_options {
    Option { .name = "lost", .meaning = "Only those that cost evidence" },
    Option { .name = "limit", .letter = 'n', .value = "N", .meaning = "At most so many (0: all)" },
};

static constexpr std::array rules_explain_options {
    Option { .name = "json",
        .value = "FILE",
        .meaning = "Take the event from a JSON file instead of a case",
        .completes = Completes::file },
    Option { .name = "format",
        .letter = 'f',
        .value = "FORMAT",
        .meaning = "Lines for people (text, default), or one JSON object per event",
        .choices = "text|json",
        .completes = Completes::choices },
};

static constexpr std::array compile_options {
    Option { .name = "output",
        .letter = 'o',
        .value = "FILE",
        .meaning = "The pack to write",
        .completes = Completes::file },
};

// ---- operands ----

static constexpr std::array path_operands { Operand { "PATH",
    "A file, folder or archive (zip, 7z, tar with gz, xz or zst; nested); may be left out with --live", 0, unlimited,
    Completes::file, {} } };
static constexpr std::array show_operands { Operand {
    "WHAT", "A trace (e7@0x12a0), a finding (f-…) or a piece of evidence (e7)", 1, 1, Completes::nothing, {} } };
static constexpr std::array search_operands { Operand {
    "WORD", "Words or, with --regex, regular expressions", 0, unlimited, Completes::nothing, {} } };
static constexpr std::array host_operands { Operand { "NAME",
    "Computer name in any case, with or without its domain, or a name it had before; (unknown): of no known machine", 1,
    1, Completes::nothing, {} } };
static constexpr std::array stack_operands { Operand {
    "KEY", "What to count: see --list", 0, 1, Completes::choices, "item|path|content|signer|place|pair|command" } };
static constexpr std::array compare_operands { Operand {
    "HOST", "Two computer names, as konseki host takes them", 2, 2, Completes::nothing, {} } };
static constexpr std::array since_operands { Operand {
    "BEFORE", "The case folder of an earlier examination, or a baseline file", 1, 1, Completes::file, {} } };
static constexpr std::array baseline_operands { Operand {
    "FILE", "Baselines made by konseki baseline make", 0, unlimited, Completes::file, {} } };
static constexpr std::array query_operands { Operand {
    "SQL", "One read-only statement", 1, 1, Completes::nothing, {} } };
static constexpr std::array rule_path_operands { Operand {
    "DIR", "Folders or files of Sigma rules", 0, unlimited, Completes::file, {} } };
static constexpr std::array explain_operands {
    Operand { "RULE", "Id, title or file of a rule", 1, 1, Completes::nothing, {} },
    Operand { "EVENT", "A trace of the case (e7@0x12a0); left out with --json", 0, 1, Completes::nothing, {} },
};
static constexpr std::array list_operands { Operand { "WHAT",
    "formats, artefacts, schemas, analysers, limits, persistence or rules", 0, 1, Completes::choices,
    "formats|artefacts|schemas|analysers|limits|persistence|rules" } };
static constexpr std::array shell_operands { Operand {
    "SHELL", "bash, zsh or fish", 1, 1, Completes::choices, "bash|zsh|fish" } };

// ---- examples ----

static constexpr std::array examine_examples {
    Example { "konseki examine --live", "This very machine, as root: collect, examine, report" },
    Example { "konseki examine /mnt/collection",
        "Examine a folder with the built-in rules; the case folder is made here and named" },
    Example { "konseki examine --case acme.konseki --rules sigma/rules logs.zip dc01/",
        "Into a named case, with SigmaHQ's rules as well" },
    Example { "konseki examine --case acme.konseki --password infected samples.zip", "An encrypted archive" },
    Example { "konseki examine --case acme.konseki --yara signature-base/yara --rules HijackLibs/yml disk.E01",
        "A disk image, scanned with YARA as well, and with pairs of side-loading" },
    Example {
        "konseki examine --case acme.konseki more.7z", "Add evidence later; what was examined is not read again" },
};
static constexpr std::array collect_examples {
    Example { "konseki collect --out /mnt/usb", "This machine, as root, onto another disk" },
    Example { "konseki collect --root /mnt/image --out .", "A system that is not running, from its mounted disk" },
    Example { "konseki collect --no-environ --no-logs", "Without environments and logs, which hold personal data" },
};
static constexpr std::array events_examples {
    Example { "konseki events --id 4624,4625 --from 2021-03-02 --to 2021-03-03 --host 'DC*'",
        "Logons of one day on the domain controllers" },
    Example { "konseki events --where 'Image|endswith=\\powershell.exe' --fields written_at,computer,CommandLine",
        "An ad-hoc Sigma selection with chosen fields" },
    Example { "konseki events --recovered only --format jsonl --follow-origin",
        "Deleted and hidden records, whole, with file, chunk and offset" },
};
static constexpr std::array findings_examples {
    Example { "konseki findings --severity high", "What to look at first" },
    Example { "konseki findings --format jsonl | jq .rule", "For other programs" },
};
static constexpr std::array show_examples {
    Example { "konseki show f-0123456789ab", "All about one finding: why, what to do, the traces it stands on" },
    Example { "konseki show e7@0x12a0 --bytes 4096", "One trace down to its bytes" },
};
static constexpr std::array search_examples {
    Example { "konseki search mimikatz sekurlsa lsass.dmp", "Any of the words, in all fields of all events" },
    Example { "konseki search --regex '\\\\\\\\10\\.0\\.[0-9]+\\.[0-9]+\\\\(admin|c)\\$' --format csv",
        "A regular expression" },
};
static constexpr std::array yara_examples {
    Example { "konseki yara --yara signature-base/yara --case acme.konseki", "Scan all evidence of a case" },
    Example {
        "konseki yara --yara lodeinfo.yar --evidence e12,e40-e60 --format jsonl", "One rule file over chosen files" },
    Example { "konseki yara --yara signature-base/yara --check", "Which rule files do not compile" },
};
static constexpr std::array stats_examples {
    Example { "konseki stats", "Counts by event id, channel and provider" },
    Example { "konseki stats --logons --host DC01", "Who logged on" },
    Example { "konseki stats --coverage", "What the logs can and cannot tell" },
};
static constexpr std::array query_examples {
    Example { "konseki query \"SELECT computer, count(*) FROM windows_event GROUP BY ALL ORDER BY 2 DESC\"",
        "Count events by host" },
    Example {
        "konseki query \"SELECT * FROM windows_process_start WHERE command_line ILIKE '%-enc%'\" -f csv -o out.csv",
        "Typed traces have tables of their own (konseki list schemas)" },
    Example { "konseki query \"SELECT trace_id(evidence, \\\"offset\\\"), jst(written_at), user FROM windows_logon\"",
        "From a row to its trace, for konseki show; times of Japan" },
};
static constexpr std::array timeline_examples {
    Example { "konseki timeline --format timesketch --output acme.csv", "For import into Timesketch" },
    Example { "konseki timeline --kind state --host PC07 --from 2021-03-02 --to 2021-03-03",
        "What files, registry and journals of one host say of two days" },
    Example { "konseki timeline --format parquet --output acme.parquet", "For pandas, DuckDB and others" },
};
static constexpr std::array host_examples {
    Example { "konseki host PC07", "Who it is, what its evidence covers, what speaks most for an implant, accounts" },
    Example { "konseki host PC07 --item 3", "The third item whole; konseki show takes its traces" },
    Example { "konseki host PC07 --around 2021-03-02T10:15:00Z --window 30m", "What happened on it at that time" },
    Example { "konseki host PC07 --format json --top 0", "All that is known of it, for other programs" },
};
static constexpr std::array report_examples { Example {
    "konseki report --language ja --output acme.html", "One self-contained HTML file" } };
static constexpr std::array rules_check_examples { Example {
    "konseki rules check sigma/rules/windows", "Names every rule that cannot run, and why" } };
static constexpr std::array rules_list_examples { Example { "konseki rules list --format csv", "The built-in rules" } };
static constexpr std::array rules_explain_examples {
    Example { "konseki rules explain 'An event log was cleared' e7@0x12a0",
        "Why a rule matched or did not: the truth of each term" },
    Example { "konseki rules explain --rules my.yml 'My rule' --json event.json", "While writing a rule" },
};
static constexpr std::array rules_coverage_examples { Example { "konseki rules coverage --rules sigma/rules",
    "Which rules could not fire because their logs are not in the case" } };
static constexpr std::array rules_compile_examples { Example {
    "konseki rules compile sigma/rules --output sigmahq.pack", "One file to carry instead of thousands" } };
static constexpr std::array version_examples { Example {
    "konseki version", "What a case was made with, beside the versions in its report" } };
static constexpr std::array list_examples { Example {
    "konseki list schemas", "Every table with its columns and what they mean" } };
static constexpr std::array evidence_examples { Example {
    "konseki evidence --format csv", "SHA-256, size, state and custody of every piece" } };
static constexpr std::array hosts_examples {
    Example { "konseki hosts", "The machines of the case, and what is of no known machine" },
    Example {
        "konseki hosts --host DC01", "What DC01 handed over, what is damaged or absent, and what that leaves open" },
};
static constexpr std::array processes_examples {
    Example { "konseki processes --host WEB01 --from 2026-09-08T15:00 --to 2026-09-08T16:00",
        "What ran in that hour, under the processes that started it" },
    Example { "konseki processes --name certutil --format jsonl", "Every start of certutil with its ancestry" },
};
static constexpr std::array stack_examples {
    Example { "konseki stack --list", "The keys that items have" },
    Example {
        "konseki stack command --kind service", "Shapes of service commands, the rarest first, with their hosts" },
    Example { "konseki stack item --host PC07 --by surprise --limit 30", "What PC07 has that others do not" },
    Example { "konseki stack content --format csv -o files.csv", "Names and digests of all files that start" },
};
static constexpr std::array fleet_rank_examples {
    Example { "konseki fleet rank", "Which host to look at first, and why" },
    Example { "konseki fleet rank --leads", "What to look at first in the whole fleet, each thing once" },
    Example { "konseki fleet rank --items --limit 100", "The heaviest items of the whole fleet, host by host" },
    Example { "konseki fleet rank --campaigns --format jsonl", "What the same few hosts share" },
    Example { "konseki fleet rank --baseline clean.konseki-baseline", "Compared with known-good machines" },
};
static constexpr std::array fleet_compare_examples {
    Example { "konseki fleet compare WEB01 WEB02", "What one of two alike machines has alone" },
};
static constexpr std::array fleet_since_examples {
    Example { "konseki fleet since 2026-q2.konseki --case 2026-q3.konseki", "What is new since the last quarter" },
    Example { "konseki fleet since clean.konseki-baseline", "What the known-good machines do not have" },
    Example {
        "konseki fleet since before.konseki --all --format csv", "Every changed item, also of upgraded packages" },
};
static constexpr std::array baseline_make_examples {
    Example { "konseki baseline make --case golden.konseki --output clean.konseki-baseline",
        "From a case of clean machines or golden images" },
    Example { "konseki baseline make --hosts PC01,PC02 -o clean.konseki-baseline", "From two hosts of this case" },
};
static constexpr std::array baseline_use_examples {
    Example { "konseki baseline use clean.konseki-baseline --case acme.konseki", "Rank again with it" },
    Example { "konseki baseline use --none", "Without any" },
};
static constexpr std::array diagnostics_examples { Example {
    "konseki diagnostics --lost", "What could not be read, where, and how many bytes it cost" } };
static constexpr std::array completion_examples { Example {
    "konseki completion bash > ~/.local/share/bash-completion/completions/konseki", "Install for one user" } };
static constexpr std::array man_examples { Example { "konseki man | man -l -", "Read the manual page" } };

static constexpr std::array table {
    Command { "examine",
        "Read evidence, run the rules, leave a case folder with traces, findings, diagnostics and a report",
        "Takes files, folders and archives, registers each piece of evidence with its SHA-256, parses what it "
        "recognises in sandboxed worker processes, "
        "runs the analysers and writes the report. A second run over the same input skips what is done; an interrupted "
        "one resumes.\n\n"
        "Without --case a folder konseki-case-NAME.konseki is made in the current folder and named in the summary.\n\n"
        "--live examines this machine: its state is collected (konseki collect) into collections/ of the case folder, "
        "then examined like any other evidence, with PATHs if there are some.",
        path_operands, examine_options, uses_rules | uses_workers | uses_language, examine_examples, run_examine },
    Command { "collect", "Collect the state of this Linux machine into one archive",
        "Processes with their maps, open files and deleted programs, sockets, modules, eBPF, mounts, accounts, "
        "packages and every file compared with its package, configuration, logs, containers. Runs at a low "
        "priority, never looks into network mounts, and leaves nothing but the archive, which is there whole or not at "
        "all. What could not be read is noted in it: without root that is much.\n\n"
        "The archive holds personal data. /etc/shadow is taken with its hashes, for they are evidence; private keys "
        "and files of passwords are not, nor are values of the environment that look like secrets (--keep-secrets). "
        "Command lines and shell histories are taken as they are.",
        {}, collect_options, 0, collect_examples, run_collect },
    Command { "events", "List events: filter by time, host, channel, id, provider, field or text",
        "Every event of the case is in the index: live ones and those recovered from slack and free space. Whole "
        "events are rendered again from the evidence.",
        {}, events_options, uses_case | uses_filter | uses_format | uses_workers | uses_time_zone, events_examples,
        run_events },
    Command { "findings", "List findings, the most severe first",
        "A finding names its rule, its severity, the host, and the traces it stands on; repeats are folded and "
        "counted.",
        {}, findings_options, uses_case | uses_format | uses_time_zone | uses_language, findings_examples,
        run_findings },
    Command { "show", "Show one finding, trace or piece of evidence, down to its bytes",
        "For a trace: where it lies, the custody of its file, its typed rows, the event as XML or JSON, and a hex view "
        "with offsets in the evidence.",
        show_operands, show_options, uses_case | uses_workers | uses_time_zone | uses_language, show_examples,
        run_show },
    Command { "search", "Search words or regular expressions in all fields of all events",
        "Reads the evidence again; many patterns are searched at once. Case does not matter unless --case-sensitive is "
        "given.",
        search_operands, search_options, uses_case | uses_format | uses_workers | uses_time_zone, search_examples,
        run_search },
    Command { "yara", "Scan the bytes of the evidence with YARA rules",
        "Every file of the case is scanned, recognised or not; copies of the same bytes once, archives and images over "
        "64 "
        "MiB only when --evidence names them (their members are scanned). Matches are stored and become findings; what "
        "was "
        "scanned with the same rules before is not scanned again. Rule files that do not compile are skipped, and "
        "named.",
        {}, yara_options, uses_case | uses_format | uses_workers, yara_examples, run_yara },
    Command { "stats", "Count events, summarise logons, show what the logs cover", "", {}, stats_options,
        uses_case | uses_filter | uses_format | uses_time_zone, stats_examples, run_stats },
    Command { "query", "Ask in SQL over all traces and findings (read-only)",
        "Tables are named after the schemas with underscores (windows_event, windows_logon, …); konseki list schemas "
        "shows them with every column. "
        "evidence, diagnostic, finding and finding_trace are tables as well.",
        query_operands, query_options, uses_case | uses_time_zone, query_examples, run_query },
    Command { "timeline", "Write events, all times of state traces and findings in time order for other tools",
        "One row per time, UTC to the microsecond: timestamp_desc says what it is the time of, trace where it lies. A "
        "file of an MFT has up to eight. Times in a host's own zone are no rows of their own.",
        {}, timeline_options, uses_case | uses_language, timeline_examples, run_timeline },
    Command { "host", "Show one machine: identity, coverage, ranked items with their reasons, accounts, one moment",
        "Items are what starts, ran, may log on or was done on the machine. The score adds up the weights of what "
        "speaks "
        "for an implant and against it (natural logarithms of likelihood ratios, read from the evidence); it is no "
        "verdict. Each reason names the trace that shows it.",
        host_operands, host_options, uses_case | uses_time_zone | uses_language, host_examples, run_host },
    Command { "stack", "Count on how many hosts each value of a key is, the rarest first",
        "Keys have users, SIDs, GUIDs and numbers taken out. Surprise is minus the logarithm of the share of hosts "
        "that "
        "have the value, among those of the same kind of machine that are able to show it. Most singletons are "
        "harmless: konseki fleet rank --items weighs them.",
        stack_operands, stack_options, uses_case | uses_format | uses_time_zone, stack_examples, run_stack },
    Command { "fleet rank", "Rank the hosts of a case, their items, or what hosts share",
        "A host's score is the soft maximum of its ten heaviest items, in nats; no verdict. Of each host the heaviest "
        "500 items and all from a score of 5.5 are ranked (host_item); host_state holds all of them.",
        {}, fleet_rank_options, uses_case | uses_format | uses_time_zone | uses_language, fleet_rank_examples,
        run_fleet_rank },
    Command { "fleet compare", "Show what two hosts do not have in common",
        "Items are joined by their key; differs: another command or other bytes. The heaviest come first.",
        compare_operands, fleet_compare_options, uses_case | uses_format | uses_time_zone, fleet_compare_examples,
        run_fleet_compare },
    Command { "fleet since", "Show what is new, gone or changed since an earlier case, or beside a baseline",
        "Hosts are joined by name, items by their key. What a package explains (its digest holds, and its version "
        "changed) is benign: it comes last, one line per host and package.",
        since_operands, fleet_since_options, uses_case | uses_format | uses_language, fleet_since_examples,
        run_fleet_since },
    Command { "baseline make", "Write what clean hosts hold as a baseline",
        "Keys with the number of hosts that have them, by kind of machine; files that packages vouch for as well. No "
        "host names, but commands as they are: docs/formats/konseki-baseline.md.",
        {}, baseline_make_options, uses_case, baseline_make_examples, run_baseline_make },
    Command { "baseline use", "Compare the hosts of a case with a baseline from now on",
        "The file is copied into the case and the hosts are ranked again: what the baseline knows loses weight, what "
        "it "
        "lacks gains some. Several add up.",
        baseline_operands, baseline_use_options, uses_case, baseline_use_examples, run_baseline_use },
    Command { "report", "Write the case report as one self-contained HTML file", "", {}, report_options,
        uses_case | uses_language, report_examples, run_report },
    Command { "rules check", "Say which rules cannot run, and why",
        "Nothing is lost silently. Exits with 1 when a rule cannot run.", rule_path_operands, {},
        uses_rules | uses_format, rules_check_examples, run_rules_check },
    Command { "rules list", "List rules: built-in ones, or those given", "", rule_path_operands, {},
        uses_rules | uses_format | uses_language, rules_list_examples, run_rules_list },
    Command { "rules explain", "Show the truth of each term of a rule for one event", "", explain_operands,
        rules_explain_options, uses_case | uses_rules | uses_workers, rules_explain_examples, run_rules_explain },
    Command { "rules coverage", "Say which rules could not fire for want of logs", "", {}, {},
        uses_case | uses_rules | uses_format, rules_coverage_examples, run_rules_coverage },
    Command { "rules compile", "Pack rules into one file that --rules takes", "", rule_path_operands, compile_options,
        uses_rules, rules_compile_examples, run_rules_compile },
    Command { "evidence", "List the evidence with hash, state and custody", "", {}, evidence_options,
        uses_case | uses_format | uses_time_zone, evidence_examples, run_evidence },
    Command { "hosts", "List the machines of the case and what the evidence of each covers",
        "A machine's name comes from its SYSTEM hive, its event logs or its collection; renames are followed. Evidence "
        "that nothing names stands under (unknown). Contradictions are diagnostics (host.…).",
        {}, hosts_options, uses_case | uses_format | uses_time_zone | uses_language, hosts_examples, run_hosts },
    Command { "processes", "Show who started whom",
        "The tree is rebuilt from the starts that the logs hold (Sysmon 1, Security 4688); a parent whose start was "
        "not "
        "logged is named in ancestry only.",
        {}, processes_options, uses_case | uses_format | uses_time_zone, processes_examples, run_processes },
    Command { "diagnostics", "List what could not be read, where, and what it cost", "", {}, diagnostics_options,
        uses_case | uses_format, diagnostics_examples, run_diagnostics },
    Command { "list",
        "List formats, artefacts, schemas with their columns, analysers, limits, persistence locations or rules", "",
        list_operands, {}, uses_format | uses_rules | uses_language, list_examples, run_list },
    Command { "version", "Show the versions of the program, its parsers and its store", "", {}, {}, 0, version_examples,
        run_version },
    Command { "completion", "Write the completion script for a shell", "", shell_operands, {}, 0, completion_examples,
        run_completion },
    Command { "man", "Write the manual page konseki(1)", "", {}, {}, 0, man_examples, run_man },
};

std::span<Command const> commands()
{
    return table;
}

std::span<Option const> options_of_everything()
{
    return everything_options;
}

std::span<Option const> options_of_group(OptionGroup group)
{
    switch (group) {
    case uses_case: return case_options;
    case uses_format: return format_options;
    case uses_filter: return filter_options;
    case uses_rules: return rules_options;
    case uses_workers: return workers_options;
    case uses_time_zone: return time_zone_options;
    case uses_language: return language_options;
    }
    return {};
}

std::vector<Option const*> options_of(Command const& command)
{
    std::vector<Option const*> options;
    auto const add = [&](std::span<Option const> more) {
        for (auto const& option : more)
            options.push_back(&option);
    };
    if ((command.uses & uses_case) != 0)
        add(case_options);
    add(command.options);
    for (auto const group : { uses_filter, uses_format, uses_rules, uses_workers, uses_time_zone, uses_language })
        if ((command.uses & group) != 0)
            add(options_of_group(group));
    add(everything_options);
    return options;
}

Command const* find_command(std::string_view name)
{
    auto const found
        = std::find_if(table.begin(), table.end(), [&](Command const& command) { return command.name == name; });
    return found == table.end() ? nullptr : &*found;
}

std::vector<std::string_view> split_choices(std::string_view choices)
{
    return choices.empty() ? std::vector<std::string_view> {} : split(choices, '|');
}

}
