// The catalogue's Linux locations L17 to L32. Accounts, rights, kernel, boot, devices, packages.
#include "analysers/persistence/linux_locations.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "L17",
        .place = "/etc/passwd, /etc/shadow, /etc/group",
        .attack = "T1136.001",
        .use = Use::common,
        .title = "Account",
        .title_ja = "アカウント",
        .starts = "At any time for whoever knows the password or has a key.",
        .starts_ja = "パスワードを知る者や鍵を持つ者がいつでも使えます。",
        .suspicious
        = "A second account with uid 0, a system account with a shell and a password, an empty password, an account "
          "that appeared between two package installations, a new member of sudo, wheel or docker.",
        .suspicious_ja = "uid 0 "
                         "の別アカウント、シェルとパスワードを持つシステムアカウント、空のパスワード、覚えのない新しい"
                         "アカウント、sudo、wheel、docker の新しい所属者。",
        .advice = "Compare with the list of staff and with passwd- and shadow-; see in wtmp and the authentication log "
                  "who used it and from where; lock it rather than delete it.",
        .advice_ja
        = "名簿や passwd-、shadow- と比べ、wtmp と認証ログで誰がどこから使ったかを調べます。削除せずロックします。",
    },
    Location {
        .id = "L18",
        .place = "/etc/sudoers, /etc/sudoers.d",
        .attack = "T1548.003",
        .use = Use::uncommon,
        .title = "Right to become root (sudo)",
        .title_ja = "root になる権利 (sudo)",
        .starts = "Whenever that user calls sudo; NOPASSWD asks nothing.",
        .starts_ja = "その利用者が sudo を使うとき。NOPASSWD なら何も聞かれません。",
        .suspicious = "NOPASSWD for ALL commands or for one that can start a shell, a rule for a service account, "
                      "!authenticate, env_keep with LD_PRELOAD.",
        .suspicious_ja = "ALL やシェルを起動できるコマンドへの "
                         "NOPASSWD、サービス用アカウントの規則、!authenticate、LD_PRELOAD を残す env_keep。",
        .advice = "Ask who needs the rule; see in the authentication log when and by whom it was used.",
        .advice_ja = "規則が必要な人を確認し、いつ誰が使ったかを認証ログで調べます。",
    },
    Location {
        .id = "L19",
        .place = "/etc/polkit-1, /usr/share/polkit-1, /var/lib/polkit-1",
        .attack = "T1548",
        .use = Use::rare,
        .title = "Right to act as root (polkit)",
        .title_ja = "root として操作する権利 (polkit)",
        .starts = "Whenever a program asks polkit for permission, for instance pkexec or systemctl.",
        .starts_ja = "pkexec や systemctl などが polkit に許可を求めるとき。",
        .suspicious = "A rule that answers YES without asking for an action, a user or a group, or that calls a "
                      "program (polkit.spawn).",
        .suspicious_ja = "操作、利用者、グループを問わず YES を返す規則や、プログラムを呼ぶもの (polkit.spawn)。",
        .advice = "Secure the rule, remove it after the way in is known, and read the journal of polkitd.",
        .advice_ja = "規則を保全し、侵入経路が分かってから取り除き、polkitd のジャーナルを読みます。",
    },
    Location {
        .id = "L20",
        .place = "Files with the setuid or setgid bit",
        .attack = "T1548.001",
        .use = Use::uncommon,
        .title = "Program with the rights of its owner",
        .title_ja = "所有者の権限で動くプログラム (setuid)",
        .starts = "Whenever anybody starts it, with the rights of the file's owner.",
        .starts_ja = "誰が起動しても、ファイルの所有者の権限で動きます。",
        .suspicious = "A setuid file that no package owns, above all a shell or an interpreter, in a home or temporary "
                      "folder, or one that its package does not ship with the bit.",
        .suspicious_ja
        = "パッケージに属さない setuid ファイル。特にシェルやインタープリター、ホームや一時フォルダーのもの、本来 "
          "setuid でないもの。",
        .advice = "Secure file and hash, compare the hash with the shells of the system, and take the bit away.",
        .advice_ja = "ファイルとハッシュを保全し、システムのシェルとハッシュを比べ、ビットを外します。",
    },
    Location {
        .id = "L21",
        .place = "File capabilities (security.capability)",
        .attack = "T1548",
        .use = Use::uncommon,
        .title = "Program with special rights",
        .title_ja = "特別な権限を持つプログラム (capabilities)",
        .starts = "Whenever anybody starts it: cap_setuid is as good as root, cap_dac_read_search reads every file, "
                  "cap_net_raw reads the network.",
        .starts_ja = "誰が起動しても効きます。cap_setuid は root と同等、cap_dac_read_search "
                     "は全ファイルを読め、cap_net_raw は通信を読めます。",
        .suspicious = "cap_setuid, cap_sys_admin, cap_sys_ptrace or cap_dac_* on an interpreter, an editor or an "
                      "archiver, or on a file that no package owns.",
        .suspicious_ja = "インタープリター、エディター、アーカイバー、またはパッケージに属さないファイルの "
                         "cap_setuid、cap_sys_admin、cap_sys_ptrace、cap_dac_*。",
        .advice = "Note the capabilities, secure the file, take them away with setcap -r, and look who ran it.",
        .advice_ja = "権限を控えてファイルを保全し、setcap -r で外し、誰が使ったかを調べます。",
    },
    Location {
        .id = "L22",
        .place = "/lib/modules, /etc/modules, /etc/modules-load.d, /etc/modprobe.d; loaded modules",
        .attack = "T1547.006",
        .use = Use::uncommon,
        .title = "Kernel module",
        .title_ja = "カーネルモジュール",
        .starts = "At boot or when a device or command asks for it; it runs with all the rights of the kernel, and an "
                  "install line runs a command instead.",
        .starts_ja = "起動時や装置、コマンドの要求時に読み込まれ、カーネルの全権限で動きます。install "
                     "行は代わりにコマンドを実行します。",
        .suspicious = "A loaded module without a file, signature or package, one that /proc/modules hides while "
                      "/sys/module shows it, an install line with a shell, an unknown name in modules-load.d.",
        .suspicious_ja = "ファイル、署名、パッケージのない読み込み済みモジュール、/sys/module にあって /proc/modules "
                         "にないもの、シェルを呼ぶ install 行、modules-load.d の未知の名前。",
        .advice = "Trust no output of this machine: take memory, secure the module's file and look in the kernel log "
                  "when it was loaded.",
        .advice_ja = "この端末の出力を信用せず、メモリーを取得し、モジュールのファイルを保全し、カーネルログで読み込み"
                     "時刻を調べます。",
    },
    Location {
        .id = "L23",
        .place = "/sys/fs/bpf; eBPF programs and links in the kernel",
        .attack = "T1205.002",
        .use = Use::uncommon,
        .title = "eBPF program",
        .title_ja = "eBPF プログラム",
        .starts = "As long as a process or a pin holds it: on packets, system calls or functions of the kernel.",
        .starts_ja = "プロセスや pin が保持する間、パケット、システムコール、カーネル関数に対して動きます。",
        .suspicious = "kprobe, tracepoint, tracing, lsm, xdp or socket_filter programs that no running process holds "
                      "or whose holder no package owns, an unknown pin.",
        .suspicious_ja = "保持するプロセスがない、または保持者がパッケージに属さない "
                         "kprobe、tracepoint、tracing、lsm、xdp、socket_filter、未知の pin。",
        .advice = "Dump the program (bpftool prog dump) and secure its holder before either is stopped; observers and "
                  "monitoring use eBPF, too.",
        .advice_ja
        = "止める前にプログラムを取り出し (bpftool prog dump)、保持者を保全します。監視製品も eBPF を使います。",
    },
    Location {
        .id = "L24",
        .place = "/etc/initramfs-tools, /usr/share/initramfs-tools, /etc/dracut.conf.d, /usr/lib/dracut/modules.d; "
                 "initrd images",
        .attack = "T1542",
        .use = Use::rare,
        .title = "Early boot image",
        .title_ja = "初期 RAM ディスク",
        .starts = "At each boot, before the root file system is there and before anything is logged.",
        .starts_ja = "起動のたびに、ルートファイルシステムより先、記録が始まる前に動きます。",
        .suspicious = "A hook or script that no package owns, an image newer than the last kernel or package update, a "
                      "file in it that no package brought.",
        .suspicious_ja
        = "パッケージに属さないフックやスクリプト、カーネルやパッケージの更新より新しいイメージ、由来不明の内容。",
        .advice
        = "Secure hooks and image, unpack the image elsewhere and compare its files with those of the packages.",
        .advice_ja = "フックとイメージを保全し、別の場所で展開してパッケージのファイルと比べます。",
    },
    Location {
        .id = "L25",
        .place = "/etc/default/grub(.d), /etc/grub.d, /boot/grub/grub.cfg; kernel command line",
        .attack = "T1542.003",
        .use = Use::rare,
        .title = "Boot loader",
        .title_ja = "ブートローダー",
        .starts = "At each boot; init= and rdinit= put a program in place of systemd.",
        .starts_ja = "起動のたびに効きます。init= と rdinit= は systemd の代わりのプログラムを起動します。",
        .suspicious = "init= or rdinit= with an unknown program, a script in grub.d that no package owns, security "
                      "switched off in the command line (selinux=0, apparmor=0, module.sig_enforce=0).",
        .suspicious_ja = "未知のプログラムを指す init= や rdinit=、パッケージに属さない grub.d "
                         "のスクリプト、保護を切る指定 (selinux=0、apparmor=0、module.sig_enforce=0)。",
        .advice = "Compare grub.cfg with what update-grub would write, secure the program that is named, and do not "
                  "boot the disk again before it is imaged.",
        .advice_ja = "grub.cfg を update-grub "
                     "の出力と比べ、指されたプログラムを保全します。ディスクを保全するまで再起動しません。",
    },
    Location {
        .id = "L26",
        .place = "/etc, /run, /usr/lib: udev/rules.d",
        .attack = "T1546.017",
        .use = Use::uncommon,
        .title = "udev rule",
        .title_ja = "udev 規則",
        .starts
        = "When a device appears or changes, at every boot for those that are built in; RUN+= and PROGRAM= as root.",
        .starts_ja = "装置の接続や変化のとき、内蔵装置なら起動のたびに、RUN+= と PROGRAM= が root で動きます。",
        .suspicious = "A rule that no package owns with RUN+= of a shell or of a program outside /usr/lib/udev, a "
                      "match that always holds (loopback, random), a program that detaches (at, systemd-run).",
        .suspicious_ja = "シェルや /usr/lib/udev 以外を RUN+= で動かすパッケージ外の規則、常に成り立つ条件 "
                         "(loopback、random)、切り離して動かすもの (at、systemd-run)。",
        .advice = "Secure rule and program, and look in the journal of udev how often it ran.",
        .advice_ja = "規則とプログラムを保全し、udev のジャーナルで実行回数を調べます。",
    },
    Location {
        .id = "L27",
        .place = "/etc/xdg/autostart, ~/.config/autostart, autostart-scripts",
        .attack = "T1547.013",
        .use = Use::common,
        .title = "Autostart of the desktop",
        .title_ja = "デスクトップの自動起動",
        .starts = "When the user logs on to a desktop.",
        .starts_ja = "利用者がデスクトップにログオンするたびに動きます。",
        .suspicious = "A desktop file in a home that no product installed, Hidden or NoDisplay with a command, a shell "
                      "or interpreter in Exec=, a name of a product that is not there.",
        .suspicious_ja = "製品が入れたものでないホームの desktop ファイル、コマンドのある Hidden や NoDisplay、Exec= "
                         "のシェルやインタープリター、存在しない製品の名。",
        .advice = "Ask the user; secure the file and what it starts.",
        .advice_ja = "本人に確認し、ファイルと起動されるものを保全します。",
    },
    Location {
        .id = "L28",
        .place = "/usr/share/dbus-1, /etc/dbus-1, ~/.local/share/dbus-1",
        .attack = "T1543",
        .use = Use::uncommon,
        .title = "D-Bus service",
        .title_ja = "D-Bus サービス",
        .starts = "When any program asks for its name on the bus; system services as the User= of the file.",
        .starts_ja = "バス上でその名前が呼ばれたときに、システムサービスなら User= のアカウントで動きます。",
        .suspicious = "A service file that no package owns, a name of a known service with another program, a policy "
                      "that lets everybody own or call a name.",
        .suspicious_ja
        = "パッケージに属さないサービスファイル、既知の名前で別のプログラムを動かすもの、誰にでも許すポリシー。",
        .advice = "Secure file and program; find out what calls the name, often a desktop component at logon.",
        .advice_ja = "ファイルとプログラムを保全し、その名前を何が呼ぶかを調べます。",
    },
    Location {
        .id = "L29",
        .place
        = "/etc/NetworkManager/dispatcher.d, /etc/network/if-*.d, /etc/network/interfaces, dhclient hooks, /etc/ppp",
        .attack = "T1546",
        .use = Use::uncommon,
        .title = "Script for changes of the network",
        .title_ja = "ネットワーク変化時のスクリプト",
        .starts = "As root whenever an interface goes up or down or an address is given, at every boot at least.",
        .starts_ja = "インターフェースの起動停止やアドレス取得のたびに、少なくとも起動ごとに root で動きます。",
        .suspicious = "A script that no package owns, a pre-up or post-up line with a shell, one that starts something "
                      "in the background.",
        .suspicious_ja = "パッケージに属さないスクリプト、シェルを動かす pre-up や post-up、背景で何かを起動するもの。",
        .advice = "Secure the script and what it starts; compare its time with the changes of packages.",
        .advice_ja = "スクリプトと起動されるものを保全し、時刻をパッケージの変更と比べます。",
    },
    Location {
        .id = "L30",
        .place = "/etc/update-motd.d",
        .attack = "T1037",
        .use = Use::uncommon,
        .title = "Message of the day",
        .title_ja = "ログオン時のメッセージ (motd)",
        .starts = "As root at each logon over SSH or the console.",
        .starts_ja = "SSH やコンソールのログオンのたびに root で動きます。",
        .suspicious = "A script that no package owns, or a packaged one that was changed; anything that reaches the "
                      "network or detaches.",
        .suspicious_ja = "パッケージに属さない、または変更されたスクリプト。通信や切り離し実行を行うもの。",
        .advice = "Secure the script, compare it with the package's, and look who logged on since.",
        .advice_ja = "スクリプトを保全してパッケージのものと比べ、以後誰がログオンしたかを調べます。",
    },
    Location {
        .id = "L31",
        .place = "/etc/apt/apt.conf.d, /var/lib/dpkg/info/*.postinst, /etc/dpkg, yum and dnf plugins",
        .attack = "T1546.016",
        .use = Use::uncommon,
        .title = "Hook of the package manager",
        .title_ja = "パッケージ管理のフック",
        .starts = "As root whenever packages are installed or lists refreshed, often daily without anybody's doing.",
        .starts_ja = "パッケージの導入や一覧の更新のたびに root で動きます。自動更新なら毎日です。",
        .suspicious = "Pre-Invoke or Post-Invoke in a file that no package owns, a maintainer script that does more "
                      "than its package's, a plugin without package.",
        .suspicious_ja = "パッケージに属さないファイルの Pre-Invoke や "
                         "Post-Invoke、本来と異なる保守スクリプト、パッケージ外のプラグイン。",
        .advice = "Secure the file; see in the package manager's log how often it ran since.",
        .advice_ja = "ファイルを保全し、以後の実行回数をパッケージ管理のログで調べます。",
    },
    Location {
        .id = "L32",
        .place = "Programs and libraries of packages; diverted files",
        .attack = "T1554",
        .use = Use::rare,
        .title = "Replaced program of a package",
        .title_ja = "置き換えられたパッケージのプログラム",
        .starts = "Whenever the program is used or its service starts.",
        .starts_ja = "プログラムの利用やサービスの起動のたびに動きます。",
        .suspicious = "A program or library whose digest is not the package's although no package was built or patched "
                      "by hand, a diversion that no package made, a ctime later than the package's installation.",
        .suspicious_ja = "手で作り直していないのにダイジェストがパッケージと異なるプログラムやライブラリ、パッケージに"
                         "よらない退避、導入より新しい ctime。",
        .advice = "Secure the file, get the package's version from a trusted mirror and compare them; take a changed "
                  "sshd, sudo, su or login as a thief of passwords.",
        .advice_ja = "ファイルを保全し、信頼できるミラーの版と比べます。sshd、sudo、su、login "
                     "の変更はパスワードの窃取とみなします。",
    },
};

}

std::span<Location const> linux_system_locations()
{
    return all;
}

}
