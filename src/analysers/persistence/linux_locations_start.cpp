// The catalogue's Linux locations L01 to L16. Units, jobs, shells, libraries, logon.
#include "analysers/persistence/linux_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "L01",
        .place = "/etc, /run, /usr/local/lib, /usr/lib: systemd/system/*.service and *.d/*.conf",
        .attack = "T1543.002",
        .use = Use::common,
        .title = "systemd service",
        .title_ja = "systemd サービス",
        .starts = "At boot, when another unit asks for it, or when its socket, path or timer fires; as root unless the "
                  "unit says otherwise.",
        .starts_ja
        = "起動時、他のユニットの要求時、またはソケット、パス、タイマーの作動時に、指定がなければ root で動きます。",
        .suspicious = "A unit that no package brought and whose program no package owns, one that stands in front of a "
                      "packaged unit, a drop-in that adds a command, a program in /tmp, /dev/shm or a hidden folder.",
        .suspicious_ja = "どのパッケージにも属さないユニットとプログラム、パッケージのユニットを覆うもの、コマンドを足"
                         "すドロップイン、/tmp、/dev/shm、隠しフォルダーのプログラム。",
        .advice = "Secure the unit, its drop-ins and the program with their hashes; read in the journal when it was "
                  "first started; look for the same unit name and command on other hosts before it is disabled.",
        .advice_ja = "ユニット、ドロップイン、プログラムをハッシュと共に保全し、ジャーナルで最初の起動時刻を調べます。"
                     "無効にする前に他の端末で同じ名前とコマンドを探します。",
    },
    Location {
        .id = "L02",
        .place = "systemd/system/*.timer; /run/systemd/transient/*.timer, *.service, *.scope",
        .attack = "T1053.006",
        .use = Use::common,
        .title = "systemd timer",
        .title_ja = "systemd タイマー",
        .starts = "At the times it names; it starts the service of the same name or the one that Unit= names. "
                  "Transient ones vanish at the next boot.",
        .starts_ja = "指定の時刻に、同名または Unit= で示したサービスを起動します。一時的なものは次の起動で消えます。",
        .suspicious = "A timer that no package brought, above all one that fires every few minutes or starts a shell; "
                      "a transient timer that nobody on the host can explain.",
        .suspicious_ja = "パッケージに属さないタイマー。特に数分おきに動くものやシェルを起動するもの。誰も説明できない"
                         "一時的なタイマー。",
        .advice = "Secure timer and service together, find the account that made them and when, and see in the journal "
                  "how often the service ran.",
        .advice_ja
        = "タイマーとサービスを合わせて保全し、誰がいつ作ったかを調べ、サービスの実行回数をジャーナルで確かめます。",
    },
    Location {
        .id = "L03",
        .place = "~/.config/systemd/user, ~/.local/share/systemd/user, /etc/systemd/user",
        .attack = "T1543.002",
        .use = Use::uncommon,
        .title = "systemd unit of a user",
        .title_ja = "利用者の systemd ユニット",
        .starts
        = "When the user logs on, or at boot where lingering is enabled for the account; with the rights of the user.",
        .starts_ja = "利用者のログオン時、または linger が有効なら起動時に、その利用者の権限で動きます。",
        .suspicious = "A unit in a home folder whose program lies in the same home or in /tmp; lingering enabled for "
                      "an account that nobody works with.",
        .suspicious_ja
        = "ホームや /tmp のプログラムを起動するユニット。普段使われないアカウントで linger が有効なこと。",
        .advice = "Ask the user; secure unit and program, look at /var/lib/systemd/linger and at the shell history of "
                  "that account.",
        .advice_ja = "本人に確認し、ユニットとプログラムを保全します。/var/lib/systemd/linger "
                     "とそのアカウントのシェル履歴を調べます。",
    },
    Location {
        .id = "L04",
        .place = "/etc, /run, /usr/local/lib, /usr/lib: systemd/system-generators, user-generators; *.path, *.socket; "
                 "environment.d",
        .attack = "T1543.002",
        .use = Use::rare,
        .title = "systemd generator",
        .title_ja = "systemd ジェネレーター",
        .starts = "Generators run as root very early at every boot and every daemon-reload, before logs are kept, and "
                  "may make units; path and socket units start a service when a file or a connection comes.",
        .starts_ja
        = "ジェネレーターは起動のごく早い段階と daemon-reload のたびに、ログが始まる前に root "
          "で動き、ユニットを作れます。パスやソケットのユニットはファイルや接続をきっかけにサービスを起動します。",
        .suspicious = "Any generator outside /usr/lib, or one there that no package owns; a socket unit with an "
                      "unexpected port; a path unit that watches a world-writable folder.",
        .suspicious_ja = "/usr/lib "
                         "以外のジェネレーター、またはパッケージに属さないもの。想定外のポートのソケットユニット、誰で"
                         "も書けるフォルダーを監視するパスユニット。",
        .advice = "Secure the file and what lies in /run/systemd/generator*; a generator leaves no unit of its own, so "
                  "look for units that have no file in /etc or /usr.",
        .advice_ja = "ファイルと /run/systemd/generator* の中身を保全します。/etc や /usr "
                     "に元のファイルがないユニットも探します。",
    },
    Location {
        .id = "L05",
        .place = "/etc/crontab, /etc/cron.d, /etc/cron.hourly, cron.daily, cron.weekly, cron.monthly",
        .attack = "T1053.003",
        .use = Use::common,
        .title = "cron job of the system",
        .title_ja = "システムの cron ジョブ",
        .starts = "At the times of the line, as the account that it names; scripts of the folders as root.",
        .starts_ja = "行に書かれた時刻に、書かれたアカウントで動きます。フォルダー内のスクリプトは root で動きます。",
        .suspicious = "A line or file that no package brought, a command that fetches from the network or hands text "
                      "to a shell, output thrown away, a schedule of minutes.",
        .suspicious_ja = "パッケージに属さない行やファイル、ネットワークから取得するコマンド、シェルに渡す文字列、破棄"
                         "される出力、分単位の予定。",
        .advice = "Secure the file and the program, compare its times with logons of those days, and read in the cron "
                  "log since when it runs.",
        .advice_ja
        = "ファイルとプログラムを保全し、時刻を当日のログオンと突き合わせ、cron のログでいつから動くかを調べます。",
    },
    Location {
        .id = "L06",
        .place = "/var/spool/cron, /var/spool/cron/crontabs, /etc/anacrontab, /var/spool/anacron",
        .attack = "T1053.003",
        .use = Use::common,
        .title = "cron job of a user",
        .title_ja = "利用者の cron ジョブ",
        .starts = "At the times of the line, as the owner of the file; @reboot lines at every boot.",
        .starts_ja = "行に書かれた時刻にファイルの所有者として動きます。@reboot は起動のたびに動きます。",
        .suspicious = "A table of a service account, a line with @reboot and a program in a home or temporary folder, "
                      "text handed to a shell.",
        .suspicious_ja
        = "サービス用アカウントの表、ホームや一時フォルダーのプログラムを @reboot で起動する行、シェルに渡す文字列。",
        .advice = "Ask the owner; secure table and program. A table of an account that runs a web or database server "
                  "points to the hole that was used.",
        .advice_ja = "所有者に確認し、表とプログラムを保全します。Web "
                     "やデータベースのアカウントの表なら、使われた脆弱性を示唆します。",
    },
    Location {
        .id = "L07",
        .place = "/var/spool/at, /var/spool/cron/atjobs",
        .attack = "T1053.002",
        .use = Use::rare,
        .title = "at job",
        .title_ja = "at ジョブ",
        .starts = "Once at the time in its name, as the account that made it; batch jobs when the load is low.",
        .starts_ja = "名前に示された時刻に一度、作成したアカウントで動きます。",
        .suspicious = "Any waiting job on a server where nobody uses at; one that makes the next one.",
        .suspicious_ja = "at を使う人のいないサーバーで待機中のジョブ。次のジョブを自ら作るもの。",
        .advice = "Secure the job before its time comes: it holds the whole environment and folder of who made it.",
        .advice_ja = "実行前に保全します。作成者の環境変数とフォルダーがそのまま入っています。",
    },
    Location {
        .id = "L08",
        .place = "/etc/rc.local, /etc/rc.d, /etc/rc*.d, /etc/init.d",
        .attack = "T1037.004",
        .use = Use::uncommon,
        .title = "Script of the old boot system",
        .title_ja = "旧来の起動スクリプト",
        .starts = "At boot or at a change of the runlevel, as root; systemd still runs rc.local and init.d scripts "
                  "that have no unit.",
        .starts_ja = "起動時やランレベル変更時に root で動きます。systemd も rc.local と、ユニットのない init.d "
                     "スクリプトを実行します。",
        .suspicious = "An rc.local that is executable where the system brings none, a script that no package owns, "
                      "lines before the last exit.",
        .suspicious_ja
        = "標準では存在しない実行可能な rc.local、パッケージに属さないスクリプト、末尾の exit の前に足された行。",
        .advice = "Secure the script and everything it names; compare it with the package's file where there is one.",
        .advice_ja = "スクリプトとそれが指すすべてを保全し、パッケージのファイルがあれば比べます。",
    },
    Location {
        .id = "L09",
        .place = "/etc/init/*.conf, ~/.config/upstart, /etc/inetd.conf, /etc/xinetd.d",
        .attack = "T1543",
        .use = Use::rare,
        .title = "Upstart job or inetd service",
        .title_ja = "Upstart ジョブ、inetd サービス",
        .starts
        = "Upstart jobs at boot on old systems; inetd and xinetd start a program for each connection to a port.",
        .starts_ja = "Upstart は旧システムの起動時に、inetd と xinetd はポートへの接続ごとにプログラムを起動します。",
        .suspicious = "A shell behind a port, a service bound to an unknown port, any entry on a system where inetd "
                      "was installed lately.",
        .suspicious_ja = "ポートの先のシェル、未知のポートのサービス、最近 inetd が導入されたシステムの項目。",
        .advice
        = "Secure the file, look for connections to its port in flow logs, and find out when inetd was installed.",
        .advice_ja = "ファイルを保全し、通信記録でそのポートへの接続を探し、inetd の導入時期を調べます。",
    },
    Location {
        .id = "L10",
        .place = "/etc/profile, /etc/profile.d, /etc/bash.bashrc, /etc/zsh, /etc/environment",
        .attack = "T1546.004",
        .use = Use::common,
        .title = "Shell startup of all users",
        .title_ja = "全利用者のシェル初期化",
        .starts = "When anybody logs on with a shell, with the rights of that user, root included.",
        .starts_ja = "誰かがシェルでログオンするたびに、root を含むその利用者の権限で動きます。",
        .suspicious = "A file that no package owns, a packaged file that was changed, commands that run in the "
                      "background, set LD_PRELOAD or put a function in place of sudo, ssh or su.",
        .suspicious_ja = "パッケージに属さないファイル、変更されたパッケージのファイル、背景で動くコマンド、LD_PRELOAD "
                         "の設定、sudo、ssh、su を置き換える関数。",
        .advice = "Secure the file, compare it with the package's, and take passwords typed since its change as known "
                  "to others where it wraps sudo, ssh or su.",
        .advice_ja = "ファイルを保全してパッケージのものと比べます。sudo、ssh、su "
                     "を包んでいれば、変更以降に入力されたパスワードは漏れたものとして扱います。",
    },
    Location {
        .id = "L11",
        .place = "~/.bashrc, .bash_profile, .profile, .bash_login, .bash_logout, .zshrc, .kshrc, fish",
        .attack = "T1546.004",
        .use = Use::common,
        .title = "Shell startup of a user",
        .title_ja = "利用者のシェル初期化",
        .starts = "When that user starts a shell.",
        .starts_ja = "その利用者がシェルを起動するたびに動きます。",
        .suspicious = "Commands that start something in the background, fetch or decode, an alias or function named "
                      "sudo, ssh or su, a PATH that begins with a hidden folder.",
        .suspicious_ja
        = "背景での起動、取得や復号を行うコマンド、sudo、ssh、su という名の別名や関数、隠しフォルダーで始まる PATH。",
        .advice = "Ask the user, compare with /etc/skel, and secure whatever the line names.",
        .advice_ja = "本人に確認し、/etc/skel と比べ、行が指すものを保全します。",
    },
    Location {
        .id = "L12",
        .place = "/etc/ld.so.preload",
        .attack = "T1574.006",
        .use = Use::rare,
        .title = "Preloaded library of all programs",
        .title_ja = "全プログラムへの先読みライブラリ",
        .starts = "In every program that is linked dynamically, from its first instruction; user-space rootkits hide "
                  "files and processes this way.",
        .starts_ja = "動的リンクされたすべてのプログラムに読み込まれます。ユーザー空間のルートキットがファイルやプロセ"
                     "スを隠す手口です。",
        .suspicious = "That the file exists at all; a library that no package owns; a file that a raw reading of the "
                      "disk shows and a listing does not.",
        .suspicious_ja = "ファイルの存在自体。パッケージに属さないライブラリ。ディスクの直接読み取りでは見えるのに一覧"
                         "に出ないファイル。",
        .advice = "Trust no output of this machine from now on: take memory and disk from outside, secure the library, "
                  "then look for what it hides.",
        .advice_ja = "以後この端末の出力を信用せず、外部からメモリーとディスクを保全し、ライブラリを確保して何を隠して"
                     "いるかを調べます。",
    },
    Location {
        .id = "L13",
        .place = "/etc/ld.so.conf(.d); LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT in units, /etc/environment, processes",
        .attack = "T1574.006",
        .use = Use::uncommon,
        .title = "Search path of libraries",
        .title_ja = "ライブラリの検索経路",
        .starts = "Whenever a program is linked that the path or the variable reaches.",
        .starts_ja = "経路や変数の及ぶプログラムが起動するたびに効きます。",
        .suspicious = "A folder that users can write or that is hidden, LD_PRELOAD or LD_AUDIT in the environment of a "
                      "service or of sshd, a library that no package owns.",
        .suspicious_ja = "利用者が書けるフォルダーや隠しフォルダー、サービスや sshd の環境の "
                         "LD_PRELOAD、LD_AUDIT、パッケージに属さないライブラリ。",
        .advice = "Secure the library and the file that names it; look which processes have it in their maps.",
        .advice_ja = "ライブラリとそれを指すファイルを保全し、どのプロセスに読み込まれているかを調べます。",
    },
    Location {
        .id = "L14",
        .place = "/etc/pam.d, /etc/pam.conf, /lib*/security/pam_*.so",
        .attack = "T1556.003",
        .use = Use::common,
        .title = "PAM: how logons are checked",
        .title_ja = "PAM(認証の設定)",
        .starts = "At every logon, sudo, su or screen unlock; a module sees the password in clear.",
        .starts_ja = "ログオン、sudo、su、画面ロック解除のたびに動きます。モジュールは平文のパスワードを見られます。",
        .suspicious = "pam_exec, pam_permit as sufficient, a module that is not its package's or that no package owns, "
                      "a path outside the folder of modules.",
        .suspicious_ja
        = "pam_exec、sufficient の pam_permit、パッケージと異なる、またはどれにも属さないモジュール、標準外のパス。",
        .advice = "Secure module and line. Every password typed on the host since the change has to be taken as known "
                  "to others; change them from a clean machine.",
        .advice_ja = "モジュールと行を保全します。変更以降に入力されたパスワードはすべて漏れたものとし、安全な端末から"
                     "変更します。",
    },
    Location {
        .id = "L15",
        .place = "~/.ssh/authorized_keys, authorized_keys2; AuthorizedKeysFile, AuthorizedKeysCommand",
        .attack = "T1098.004",
        .use = Use::common,
        .title = "Key that may log on by SSH",
        .title_ja = "SSH でログオンできる鍵",
        .starts = "At any time from any place that reaches the SSH server, without a password; command= runs a program "
                  "at each logon.",
        .starts_ja = "SSH に到達できる場所からいつでもパスワードなしで入れます。command= "
                     "はログオンのたびにプログラムを動かします。",
        .suspicious = "A key of root or of a service account, a key that is found on several accounts, a comment of an "
                      "unknown machine, a command= with a shell, authorized_keys2.",
        .suspicious_ja
        = "root やサービス用アカウントの鍵、複数アカウントの同じ鍵、見知らぬ端末のコメント、シェルを動かす "
          "command=、authorized_keys2。",
        .advice = "Note fingerprint, account and time of the file; look for the fingerprint on other hosts and in the "
                  "SSH server's log; remove it only when the way in is known.",
        .advice_ja = "指紋、アカウント、ファイルの時刻を控え、同じ指紋を他の端末と SSH "
                     "のログで探します。侵入経路が分かってから削除します。",
    },
    Location {
        .id = "L16",
        .place = "/etc/ssh/sshd_config(.d), sshrc, ~/.ssh/rc, ~/.ssh/config, host keys",
        .attack = "T1556",
        .use = Use::uncommon,
        .title = "Settings and scripts of SSH",
        .title_ja = "SSH の設定とスクリプト",
        .starts = "rc scripts at each SSH logon, ProxyCommand and LocalCommand at each outgoing connection, server "
                  "settings with the next start.",
        .starts_ja = "rc スクリプトは SSH ログオンごと、ProxyCommand と LocalCommand "
                     "は外向き接続ごと、設定は次の起動から効きます。",
        .suspicious = "An AuthorizedKeysFile outside the home, an AuthorizedKeysCommand, logons as root or with empty "
                      "passwords allowed, any rc script, a changed host key.",
        .suspicious_ja = "ホーム以外の AuthorizedKeysFile、AuthorizedKeysCommand、root や空パスワードの許可、rc "
                         "スクリプト、変わったホスト鍵。",
        .advice = "Ask who set it; compare with the package's file and with other hosts, and read the SSH log from the "
                  "time of the change.",
        .advice_ja
        = "誰が設定したかを確認し、パッケージのファイルや他の端末と比べ、変更時刻以降の SSH のログを読みます。",
    },
};

}

std::span<Location const> linux_start_locations()
{
    return all;
}

}
