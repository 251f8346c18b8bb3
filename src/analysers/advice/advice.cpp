#include "analysers/advice/advice.hpp"
#include "base/text.hpp"
#include <array>

namespace konseki::advice {

namespace {

struct Entry {
    std::string_view key; // "T1003" is also for T1003.001; tactics as tags write them
    std::string_view en, ja;
};

// Searched in this order: the more a technique decides the next step, the earlier it stands.
constexpr auto techniques = std::to_array<Entry>({
    { "T1003.006",
        "This concerns the whole domain. Secure the logs of all domain controllers, find and isolate the host the "
        "request came from, and prepare to reset the krbtgt password twice and all privileged accounts.",
        "ドメイン全体に関わります。全ドメインコントローラーのログを保全し、要求元の端末を特定・隔離し、krbtgt "
        "の二回の変更と特権アカウントの総入れ替えを準備してください。" },
    { "T1003.003",
        "Assume that the password hashes of the whole domain are known to the intruder. Secure the domain controllers' "
        "logs, find where the copy went, and prepare a reset of all accounts.",
        "ドメイン全体のパスワードハッシュが漏えいしたものと考え、ドメインコントローラーのログを保全し、複製の行方を調べ"
        "、全アカウントの変更を準備してください。" },
    { "T1003",
        "Assume that every password and ticket used on this host since the last restart is known to the intruder: "
        "reset them, administrators and service accounts first, and look for their use on other hosts.",
        "この端末で最後の再起動以降に使われたパスワードやチケットは侵入者に知られたものと考え、管理者とサービスアカウン"
        "トから変更し、他の端末での使用を調べてください。" },
    { "T1558",
        "Reset the passwords of the service accounts concerned to long random ones, and look for logons with these "
        "accounts since then. Ask the account that requested the tickets what it was doing.",
        "対象のサービスアカウントのパスワードを長い無作為なものに変更し、以後のログオンを調べてください。チケットを要求"
        "したアカウントの利用者にも確認します。" },
    { "T1110",
        "Find out whether an attempt succeeded: a logon from the same source afterwards. Block or isolate the source "
        "and reset the accounts that were tried with success.",
        "同じ接続元からのその後のログオンを調べ、成功した試行がないか確認してください。接続元を遮断または隔離し、成功し"
        "たアカウントのパスワードを変更します。" },
    { "T1505.003",
        "Take the server off the network but leave it running until memory and the web folders are secured. Look for "
        "script files newer than the last deployment and for the matching requests in the web server's log.",
        "サーバーをネットワークから切り離し、メモリーと公開フォルダーを保全するまで電源は切らないでください。最後の配備"
        "より新しいスクリプトと、対応するアクセスログを調べます。" },
    { "T1190",
        "Take the exposed service off the network, secure its logs and files, and check its patch state. Look for what "
        "was started or written by it since the first request of this kind.",
        "公開サービスを切り離し、ログとファイルを保全し、修正の適用状況を確認してください。最初の要求以降に起動・作成さ"
        "れたものを調べます。" },
    { "T1070.001",
        "Treat the time before as not covered by this log and take the same period from other sources. Find out which "
        "account did it. Secure the remaining logs now.",
        "以前の期間はこのログでは確認できないものとして他の記録で補い、実行したアカウントを調べ、残りのログを直ちに保全"
        "してください。" },
    { "T1685",
        "Turn the protection or recording on again, find out who turned it off and from where, and look with other "
        "evidence at what happened while it was off.",
        "保護や記録を再び有効にし、誰がどこから停止したかを調べ、停止中の出来事を他の証跡で確認してください。" },
    { "T1562",
        "Turn the protection or recording on again, find out who turned it off and from where, and look with other "
        "evidence at what happened while it was off.",
        "保護や記録を再び有効にし、誰がどこから停止したかを調べ、停止中の出来事を他の証跡で確認してください。" },
    { "T1543",
        "Secure the program that the service starts before anything is cleaned up, find the logon that created it, and "
        "look for the same name, path or hash on other hosts. Disable, do not delete.",
        "片付ける前にサービスが起動するプログラムを保全し、作成したログオンを特定し、同じ名前・パス・ハッシュを他の端末"
        "で探してください。削除せず無効化します。" },
    { "T1569.002",
        "Find the machine and the account the command came from: both ends are part of the case. Secure the service's "
        "program or command.",
        "命令元の端末とアカウントを特定してください。両端が調査対象です。サービスのプログラムやコマンドを保全します"
        "。" },
    { "T1053",
        "Export the task and secure what it starts. Find the account and machine that registered it, and look for the "
        "same task on other hosts.",
        "タスクを書き出し、起動されるものを保全してください。登録したアカウントと端末を特定し、同じタスクを他の端末で探"
        "します。" },
    { "T1546.003",
        "Export filter, consumer and binding of the WMI subscription; remove the binding first. Look for the same "
        "names on every host.",
        "WMI "
        "サブスクリプションのフィルター・コンシューマー・バインディングを書き出し、バインディングから削除してください。"
        "全端末で同じ名前を確認します。" },
    { "T1547",
        "Secure the entry and the file it points to; find the process that wrote it, and look for the same entry on "
        "other hosts.",
        "設定項目とそれが指すファイルを保全し、書き込んだプロセスを調べ、他の端末に同じ項目がないか確認してください"
        "。" },
    { "T1574",
        "Secure the program and the library beside it (hashes, signatures, times). A signed program with a foreign "
        "library next to it is the mark of side-loading: look for the pair on other hosts.",
        "プログラムと同じ場所の DLL を(ハッシュ・署名・日時とともに)保全してください。正規プログラムと不審な DLL "
        "の組み合わせは DLL サイドローディングの特徴です。他の端末でも探します。" },
    { "T1021",
        "Both ends matter: find the source machine and account, list every host the account reached in these hours, "
        "and reset its password.",
        "両端が重要です。接続元の端末とアカウントを特定し、同じ時間帯に到達した端末を一覧にし、パスワードを変更してくだ"
        "さい。" },
    { "T1550",
        "Look for where the stolen hash or ticket came from: a host where this account was logged on before. Reset the "
        "account and isolate the source.",
        "盗まれたハッシュやチケットの出所(以前このアカウントがログオンしていた端末)"
        "を探し、アカウントのパスワードを変更し、接続元を隔離してください。" },
    { "T1133",
        "Ask the account's owner whether the logon was theirs. If not, block the source, reset the password, end the "
        "sessions and list everything the account did since.",
        "本人のログオンかどうかを確認し、違う場合は接続元を遮断、パスワードを変更、セッションを切断し、以後の操作を一覧"
        "にしてください。" },
    { "T1078",
        "Ask the account's owner whether this was theirs. If not, disable the account, list its logons on all hosts "
        "and look at what it did.",
        "本人の操作かどうかを確認し、違う場合はアカウントを無効化し、全端末でのログオンと操作を調べてください。" },
    { "T1136",
        "Ask the administrators whether they made the account. If not, disable it, list its logons and look at what "
        "else its maker did.",
        "管理者が作成したものか確認し、違う場合は無効化してログオンを一覧にし、作成者の他の操作を調べてください。" },
    { "T1566",
        "Secure the mail with all headers and its attachment, find the other receivers, and isolate the host. The "
        "sender may be a victim too: tell them by another way.",
        "メールを全ヘッダーと添付ファイルとともに保全し、他の受信者を調べ、端末を隔離してください。差出人も被害者の可能"
        "性があるため、別の方法で連絡します。" },
    { "T1490",
        "Isolate the host at once and check the others: this is usually the last step before data is destroyed or "
        "encrypted. Secure the backups offline.",
        "直ちに端末を隔離し、他の端末も確認してください。データの破壊や暗号化の直前に行われるのが普通です。バックアップ"
        "をオフラインで確保します。" },
    { "T1059",
        "Read the whole command or script (decode it), note the addresses and files in it, find what started it and "
        "what it left behind.",
        "コマンドやスクリプト全体を(必要なら復号して)"
        "読み、含まれるアドレスやファイルを控え、起動元と残されたものを調べてください。" },
    { "T1055",
        "Secure the memory of the host if it still runs. Find the program that wrote into the other one, its origin, "
        "and the same hash on other hosts.",
        "稼働中であればメモリーを保全してください。書き込み元のプログラムと出所を調べ、同じハッシュを他の端末で探します"
        "。" },
});

constexpr auto tactics = std::to_array<Entry>({
    { "attack.credential-access",
        "Assume that the credentials used on this host are known to the intruder; change them and look for their use "
        "elsewhere.",
        "この端末で使われた資格情報は侵入者に知られたものと考え、変更したうえで他の場所での使用を調べてください。" },
    { "attack.lateral-movement",
        "Look at both ends: which machine and account this came from, and which other hosts they reached.",
        "接続元の端末とアカウント、およびそれらが到達した他の端末の両方を調べてください。" },
    { "attack.initial-access",
        "Find the way in: the mail, the exposed service or the account that was used. Close it and look for others who "
        "were reached the same way.",
        "侵入経路(メール、公開サービス、アカウント)"
        "を特定して塞ぎ、同じ経路で他に到達された者がいないか調べてください。" },
    { "attack.persistence",
        "Secure the entry and what it starts before it is removed; look for the same on other hosts.",
        "取り除く前に設定と起動対象を保全し、他の端末に同じものがないか調べてください。" },
    { "attack.command-and-control",
        "Secure the address and look for it in proxy, DNS and firewall logs of all hosts; block it when you are ready "
        "to act everywhere at once.",
        "通信先を控え、全端末のプロキシ・DNS・ファイアウォールのログで探してください。遮断は一斉に対処できる準備が整っ"
        "てから行います。" },
    { "attack.exfiltration",
        "Find out what was packed and sent, when and where to; secure the network logs of that time.",
        "何がいつどこへ送られたかを調べ、その時間の通信記録を保全してください。" },
    { "attack.impact", "Isolate the host, secure the backups offline and check the other hosts at once.",
        "端末を隔離し、バックアップをオフラインで確保し、直ちに他の端末を確認してください。" },
    { "attack.defense-impairment",
        "Turn the protection or recording on again and look with other evidence at what happened meanwhile.",
        "保護や記録を再び有効にし、その間の出来事を他の証跡で調べてください。" },
    { "attack.defense-evasion",
        "Look at the program and its origin: hash, signature, times, parent, user. Compare with other hosts.",
        "プログラムと出所(ハッシュ、署名、日時、起動元、利用者)を調べ、他の端末と比較してください。" },
    { "attack.stealth",
        "Look at the program and its origin: hash, signature, times, parent, user. Compare with other hosts.",
        "プログラムと出所(ハッシュ、署名、日時、起動元、利用者)を調べ、他の端末と比較してください。" },
    { "attack.privilege-escalation",
        "Find out what ran with the raised rights afterwards, and close the weakness that was used.",
        "昇格した権限でその後何が実行されたかを調べ、悪用された弱点を塞いでください。" },
    { "attack.execution",
        "Find what started the program or script, what it started in turn, and what it left on disk and on the "
        "network.",
        "プログラムやスクリプトの起動元、さらに起動されたもの、ディスクや通信に残した痕跡を調べてください。" },
    { "attack.discovery",
        "A single command is ordinary; look at the session around it: where it was logged on from and what came before "
        "and after.",
        "単独では通常の操作でもあり得ます。セッションの接続元と前後の操作を調べてください。" },
    { "attack.collection", "Find out what was collected and whether it left the network.",
        "何が集められ、外部に持ち出されたかを調べてください。" },
});

constexpr Entry general { "",
    "Look at the events around it on this host: the account, the process that started it and the session. Check "
    "whether administrators can explain it, and look for the same on other hosts.",
    "この端末の前後のイベント(アカウント、起動元のプロセス、セッション)"
    "を確認し、管理者が説明できるか、他の端末に同じものがないかを調べてください。" };

Words words_of(Entry const& entry)
{
    return { std::string(entry.en), std::string(entry.ja) };
}

}

Words for_techniques(std::span<std::string const> attack, std::span<std::string const> tags)
{
    for (auto const& entry : techniques)
        for (auto const& technique : attack)
            if (technique.starts_with(entry.key)
                && (technique.size() == entry.key.size() || technique[entry.key.size()] == '.'))
                return words_of(entry);
    for (auto const& entry : tactics)
        for (auto const& tag : tags)
            if (equals_ignoring_case(tag, entry.key))
                return words_of(entry);
    return words_of(general);
}

}
