// The catalogue's Linux locations L33 to L47. Tools, the web, containers, and what the running state shows.
#include "analysers/persistence/linux_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "L33",
        .place
        = ".git/hooks, ~/.gitconfig, /etc/gitconfig (core.hooksPath, core.pager, core.sshCommand, core.fsmonitor)",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Hook or helper of git",
        .title_ja = "git のフックと補助コマンド",
        .starts = "Whenever the user works with that repository, or with any where the setting is the user's.",
        .starts_ja = "利用者がそのリポジトリで作業するとき。個人設定ならすべてのリポジトリで動きます。",
        .suspicious = "A pager, sshCommand or fsmonitor that starts a shell, a hook in a repository that only deploys, "
                      "a hooksPath in a hidden folder.",
        .suspicious_ja
        = "シェルを起動する pager、sshCommand、fsmonitor、配備専用リポジトリのフック、隠しフォルダーの hooksPath。",
        .advice = "Ask who works with the repository; secure hook and configuration.",
        .advice_ja = "リポジトリの利用者に確認し、フックと設定を保全します。",
    },
    Location {
        .id = "L34",
        .place = "Document roots, cgi-bin; php.ini auto_prepend_file, .user.ini, .htaccess",
        .attack = "T1505.003",
        .use = Use::rare,
        .title = "Web shell",
        .title_ja = "Web シェル",
        .starts
        = "With a request to its address, with the rights of the web server; auto_prepend_file with every page.",
        .starts_ja
        = "そのアドレスへの要求で Web サーバーの権限で動きます。auto_prepend_file はすべてのページで動きます。",
        .suspicious = "A script that calls system, exec or eval on what the request brings, files newer than the "
                      "application, scripts in upload folders, auto_prepend_file at all.",
        .suspicious_ja = "要求の内容を system、exec、eval "
                         "に渡すスクリプト、アプリケーションより新しいファイル、アップロード先のスクリプト、auto_"
                         "prepend_file の存在。",
        .advice = "Secure the file and the web server's logs; requests to its name show who used it from where, and "
                  "the one before the first shows the hole.",
        .advice_ja
        = "ファイルと Web サーバーのログを保全します。その名への要求が利用者を、最初の要求の直前が脆弱性を示します。",
    },
    Location {
        .id = "L35",
        .place = "Containers: privileged, host mounts, docker.sock, restart=always",
        .attack = "T1543.005",
        .use = Use::uncommon,
        .title = "Container with a way to the host",
        .title_ja = "ホストに届くコンテナー",
        .starts = "When the container service starts or the container ends (restart=always); a privileged one can act "
                  "as root of the host.",
        .starts_ja
        = "コンテナーサービスの起動時や終了時 (restart=always) に動きます。特権付きならホストの root として動けます。",
        .suspicious = "Privileged or with / or docker.sock of the host mounted, an image of no known registry, a name "
                      "that nobody deployed.",
        .suspicious_ja
        = "特権付き、ホストの / や docker.sock のマウント、不明なレジストリのイメージ、誰も配備していない名前。",
        .advice = "Keep the container (commit or export it) before it is stopped; ask who deploys there; look for what "
                  "it wrote on the host.",
        .advice_ja = "停止前にコンテナーを保存し、配備担当者に確認し、ホストに書き込んだものを探します。",
    },
    Location {
        .id = "L36",
        .place = "/etc/rsyslog.d (omprog), /etc/logrotate.d (postrotate), monit",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Program of the logging",
        .title_ja = "ログ処理から起動されるプログラム",
        .starts = "When a log line matches (omprog), when logs are rotated, when a check fails.",
        .starts_ja = "ログの行が合致したとき (omprog)、ログの切り替え時、監視の失敗時に動きます。",
        .suspicious
        = "omprog with a shell or a script in a writable folder, a postrotate line that no package brought.",
        .suspicious_ja = "シェルや書き込めるフォルダーのスクリプトを使う omprog、パッケージによらない postrotate。",
        .advice
        = "Secure the file and the program; a log line with a secret word may be the trigger, so keep the logs, too.",
        .advice_ja = "ファイルとプログラムを保全します。特定の語を含むログが引き金の場合があるため、ログも残します。",
    },
    Location {
        .id = "L37",
        .place = "/etc/hosts.allow, hosts.deny (spawn, twist); /etc/nsswitch.conf, libnss_*.so",
        .attack = "T1556",
        .use = Use::rare,
        .title = "Name service module, TCP wrapper",
        .title_ja = "名前解決モジュール、TCP ラッパー",
        .starts
        = "Name service modules in every program that looks up a user or host; spawn and twist with a connection.",
        .starts_ja = "名前解決モジュールは利用者や端末を調べる全プログラムで、spawn と twist は接続時に動きます。",
        .suspicious = "spawn or twist at all, a name in nsswitch.conf whose library no package owns, a libnss library "
                      "that was changed.",
        .suspicious_ja
        = "spawn や twist の存在、ライブラリがパッケージに属さない nsswitch.conf の名前、変更された libnss。",
        .advice = "Secure library and file; sshd and sudo load such libraries as root.",
        .advice_ja = "ライブラリとファイルを保全します。sshd や sudo は root でこれを読み込みます。",
    },
    Location {
        .id = "L38",
        .place = "/proc/sys/fs/binfmt_misc, /etc/binfmt.d, /usr/lib/binfmt.d",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Interpreter for a kind of program",
        .title_ja = "プログラム種別ごとのインタープリター (binfmt)",
        .starts = "Whenever a file of that magic or extension is started; flag C gives it the rights of a setuid file.",
        .starts_ja = "その種別のファイルが起動されるたびに動きます。C フラグは setuid の権限も引き継ぎます。",
        .suspicious
        = "An entry that matches ELF or scripts of the system itself, an interpreter that no package owns, flag C.",
        .suspicious_ja
        = "システム自身の ELF やスクリプトに合致する登録、パッケージに属さないインタープリター、C フラグ。",
        .advice = "Secure interpreter and entry; emulators (qemu-user) and wine use this honestly.",
        .advice_ja = "インタープリターと登録を保全します。qemu-user や wine は正規に使います。",
    },
    Location {
        .id = "L39",
        .place = "sitecustomize.py, usercustomize.py, *.pth in site-packages",
        .attack = "T1546.018",
        .use = Use::uncommon,
        .title = "Startup of Python",
        .title_ja = "Python の起動時に動くもの",
        .starts = "Whenever any Python program starts, those of the system included.",
        .starts_ja = "システムのものを含む Python プログラムの起動のたびに動きます。",
        .suspicious = "A .pth with an import line or a customize module that no package and no wheel brought, one that "
                      "decodes or opens connections.",
        .suspicious_ja = "由来不明の import 行を持つ .pth や customize モジュール、復号や通信を行うもの。",
        .advice
        = "Secure the file, compare with RECORD of the installed wheels, and look which programs run Python as root.",
        .advice_ja = "ファイルを保全し、導入済み wheel の RECORD と比べ、root で Python を動かすものを調べます。",
    },
    Location {
        .id = "L40",
        .place = "SELinux, AppArmor, auditd and its rules, firewall, masked units of protection",
        .attack = "T1562",
        .use = Use::uncommon,
        .title = "Protection or auditing switched off",
        .title_ja = "保護や監査の無効化",
        .starts = "From the next boot or at once; what happens afterwards is not seen.",
        .starts_ja = "直ちに、または次の起動から効き、以後の出来事が記録されません。",
        .suspicious = "SELinux disabled where the system enforces it, audit rules removed, a protection unit that is "
                      "masked, the journal kept in memory only.",
        .suspicious_ja
        = "本来有効な SELinux の無効化、監査規則の削除、マスクされた保護ユニット、メモリーだけのジャーナル。",
        .advice = "Ask who did it and when; secure the logs up to that time, and use other sources (network, backups) "
                  "for what follows.",
        .advice_ja = "誰がいつ行ったかを確認し、それまでのログを保全し、以後は通信記録やバックアップで補います。",
    },
    Location {
        .id = "L41",
        .place = "Immutable files, names such as \"...\" and \". \", programs in /dev/shm, /tmp, /var/tmp, /dev",
        .attack = "T1564.001",
        .use = Use::rare,
        .title = "Hidden file or program in an odd place",
        .title_ja = "隠しファイル、不自然な場所のプログラム",
        .starts = "Not by itself: something else starts it, or somebody did by hand.",
        .starts_ja = "自らは起動しません。他の何かが起動するか、手で実行されます。",
        .suspicious = "A program in a folder for devices or temporary files, a name made of dots and blanks, chattr +i "
                      "on a program or a key file.",
        .suspicious_ja = "装置用や一時フォルダーのプログラム、点や空白だけの名前、プログラムや鍵ファイルの chattr +i。",
        .advice = "Secure file and hash before a reboot: /dev/shm and /tmp are often in memory only; look which "
                  "process or job names it.",
        .advice_ja = "/dev/shm や /tmp "
                     "は再起動で消えるため、先にファイルとハッシュを保全し、どのプロセスやジョブが使うかを調べます。",
    },
    Location {
        .id = "L42",
        .place = "Running processes: deleted programs, memfd, false names, hidden ones",
        .attack = "T1620",
        .use = Use::rare,
        .title = "Process without a file, under a false name, or hidden",
        .title_ja = "ファイルのない、名を偽る、隠れたプロセス",
        .starts = "It runs; after a reboot only what starts it comes back.",
        .starts_ja = "現在動いています。再起動後は起動元がある場合だけ戻ります。",
        .suspicious = "A program that was deleted while it runs though no update replaced it, memfd, a name in "
                      "brackets like a kernel thread's, a process that a listing does not show.",
        .suspicious_ja
        = "更新でもないのに実行中に消えたプログラム、memfd、カーネルスレッドを装う角括弧の名、一覧に出ないプロセス。",
        .advice = "Do not end it yet: copy /proc/PID/exe, its maps and connections, then find what started it.",
        .advice_ja = "まだ終了させません。/proc/PID/exe、メモリー、接続を保全してから、起動元を探します。",
    },
    Location {
        .id = "L43",
        .place = "Listening, raw and packet sockets",
        .attack = "T1205.002",
        .use = Use::uncommon,
        .title = "Socket that waits",
        .title_ja = "待ち受けソケット",
        .starts = "A listening port answers connections; a raw or packet socket sees every packet and can wait for a "
                  "secret one without an open port.",
        .starts_ja
        = "待ち受けポートは接続に応じます。raw や packet ソケットはポートを開かず全パケットを見て、合図を待てます。",
        .suspicious = "A raw or packet socket of a program that no package owns (BPFDoor), a shell or interpreter that "
                      "listens, a port that the owner of the machine does not know.",
        .suspicious_ja = "パッケージに属さないプログラムの raw、packet ソケット "
                         "(BPFDoor)、待ち受けるシェルやインタープリター、管理者の知らないポート。",
        .advice = "Secure the program of the process, note its filter and connections, and look for the same on other "
                  "hosts: no port scan shows it.",
        .advice_ja
        = "プロセスのプログラムを保全し、フィルターと接続を控え、他の端末でも探します。ポートスキャンでは見えません。",
    },
    Location {
        .id = "L44",
        .place = "wtmp, btmp, utmp, lastlog, journal, audit log, shell histories",
        .attack = "T1070.002",
        .use = Use::rare,
        .title = "Erased or doctored log",
        .title_ja = "消去、改変されたログ",
        .starts = "Not a start: it hides what happened.",
        .starts_ja = "起動ではなく、痕跡を隠すものです。",
        .suspicious = "Zeroed records or gaps in wtmp, a history that is a link to /dev/null, a journal that begins "
                      "later than its rotation explains, sequence numbers of audit that jump.",
        .suspicious_ja = "wtmp の空白や欠落、/dev/null "
                         "へのリンクになった履歴、切り替えで説明できないジャーナルの開始、飛んだ監査の通番。",
        .advice
        = "Secure copies on log servers and backups; the gap's beginning and end bound the time of the intrusion.",
        .advice_ja = "ログサーバーやバックアップの写しを保全します。欠落の始めと終わりが侵入の時間帯を示します。",
    },
    Location {
        .id = "L45",
        .place = "Agents of clouds and administration: SSM, Azure, Google, Salt, Puppet",
        .attack = "T1651",
        .use = Use::common,
        .title = "Command through a management agent",
        .title_ja = "管理エージェント経由のコマンド",
        .starts = "When whoever holds the cloud account or the management server sends a command; as root.",
        .starts_ja = "クラウドの権限や管理サーバーを持つ者が送ったときに root で動きます。",
        .suspicious = "An agent that is registered with an account or server that is not the organisation's, an agent "
                      "on a machine that is not in that cloud.",
        .suspicious_ja = "組織外のアカウントやサーバーに登録されたエージェント、そのクラウドにない端末のエージェント。",
        .advice = "Check with which account or server it is registered and read the command history there.",
        .advice_ja = "登録先のアカウントやサーバーを確認し、そこでコマンドの履歴を調べます。",
    },
    Location {
        .id = "L46",
        .place = "CA certificates, /etc/hosts, apt sources and keyrings",
        .attack = "T1553.004",
        .use = Use::uncommon,
        .title = "Whom the machine believes",
        .title_ja = "端末が信頼する相手",
        .starts = "At each connection or update that relies on it.",
        .starts_ja = "これに頼る通信や更新のたびに効きます。",
        .suspicious = "A certificate authority that was added by hand, a source of packages without signature check "
                      "(trusted=yes) or of an unknown maker, a hosts line for update servers.",
        .suspicious_ja
        = "手で追加された認証局、署名検証なし (trusted=yes) や未知の提供元、更新サーバーを指す hosts の行。",
        .advice = "Ask who added it; packages that came from the source have to be looked at one by one.",
        .advice_ja = "誰が追加したかを確認し、その提供元からのパッケージを一つずつ調べます。",
    },
    Location {
        .id = "L47",
        .place = "Commands in any of these places that let ordinary programs start a shell",
        .attack = "T1059.004",
        .use = Use::uncommon,
        .title = "Ordinary program that starts a shell",
        .title_ja = "シェルを起動させる通常のプログラム",
        .starts = "With the place that holds it.",
        .starts_ja = "置かれた場所に従って動きます。",
        .suspicious = "find -exec, awk with system, tar with --checkpoint-action, vim -c, socat, openssl s_client, "
                      "interpreters with a program on the command line.",
        .suspicious_ja = "find -exec、awk の system、tar の --checkpoint-action、vim -c、socat、openssl "
                         "s_client、コマンド行にプログラムを書くインタープリター。",
        .advice = "Read the command with care: what it starts in the end is not what its first word says.",
        .advice_ja = "先頭の語ではなく最後に何が動くかを、注意してコマンドを読み解きます。",
    },
};

}

std::span<Location const> linux_state_locations()
{
    return all;
}

}
