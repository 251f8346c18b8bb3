#include "analysers/host_state/features.hpp"
#include "base/result.hpp"
#include <algorithm>
#include <array>

namespace konseki::host_state {

namespace {

constexpr std::array all {
    // Where the file lies: one of these, so that their shares of implants add up to one.
    Feature { "path.user_writable", Family::path, 0.45, 0.12, "Its file lies in {}, where programs do not belong.",
        "ファイルがプログラムの置き場所ではない場所({})にあります。" },
    Feature { "path.temporary", Family::path, 0.13, 0.03, "Its file lies in {}.", "ファイルが{}にあります。" },
    Feature { "path.own_root_folder", Family::path, 0.08, 0.01,
        "Its file lies in {}, a folder that somebody made at the root of the drive.",
        "ファイルが、ドライブ直下に作られたフォルダー {} にあります。" },
    Feature { "path.odd_place", Family::path, 0.08, 0.002, "Its file lies in {}, a place made for other things.",
        "ファイルが本来別の用途の場所({})にあります。" },
    Feature { "path.domain_share", Family::path, 0.02, 0.02,
        "It is started from the share of the domain's scripts, where administrators write: {}.",
        "管理者が書き込むドメインの共有から起動されます: {}。" },
    Feature { "path.network", Family::path, 0.03, 0.005, "It is started from another machine: {}.",
        "別の端末から起動されます: {}。" },
    Feature { "path.stream", Family::path, 0.03, 0.0002, "It runs from an alternate data stream: {}.",
        "代替データストリームから実行されます: {}。" },
    Feature { "path.system", Family::path, 0.15, 0.70, "Its file lies in a folder of Windows.",
        "ファイルは Windows のフォルダーにあります。" },
    Feature { "path.program", Family::path, 0.08, 0.35, "Its file lies in a folder for installed programs.",
        "ファイルはインストール済みプログラムのフォルダーにあります。" },
    // What it is called.
    Feature { "name.system_elsewhere", Family::name, 0.12, 0.0004,
        "It has the name of a program of Windows, which belongs elsewhere: {}.",
        "Windows のプログラムと同じ名前ですが、本来の場所は {} です。" },
    Feature { "name.lookalike", Family::name, 0.05, 0.0005, "Its name is one letter away from {}.",
        "名前が {} と一文字違いです。" },
    Feature { "name.attack_tool", Family::name, 0.12, 0.0002, "Its name is that of a tool that intruders use: {}.",
        "侵入者が使うツールの名前です: {}。" },
    Feature { "name.dual_use_tool", Family::name, 0.12, 0.005,
        "Its name is that of an administrators' tool that intruders use, too: {}.",
        "管理者も侵入者も使うツールの名前です: {}。" },
    Feature { "name.double_extension", Family::name, 0.05, 0.0003, "Its name hides what it is: {}.",
        "名前が種類を偽っています: {}。" },
    Feature { "name.turned_around", Family::name, 0.02, 0.00005,
        "Its name contains a character that turns the reading direction around.",
        "名前に文字の並びを逆転させる制御文字が含まれます。" },
    Feature {
        "name.random", Family::name, 0.15, 0.02, "Its name looks random: {}.", "名前が無作為な文字列に見えます: {}。" },
    Feature {
        "name.one_letter", Family::name, 0.08, 0.004, "Its name is very short: {}.", "名前が極端に短いです: {}。" },
    Feature { "name.vulnerable_driver", Family::name, 0.06, 0.003,
        "It is a driver that intruders bring along, because a known weakness lets them into the kernel: {}.",
        "既知の脆弱性を悪用するために侵入者が持ち込むドライバーです: {}。" },
    // What it is told to do.
    Feature { "command.attack_tool", Family::command, 0.10, 0.0001, "Its command names what intruders' tools do: {}.",
        "コマンドに攻撃ツールの機能名があります: {}。" },
    Feature { "command.encoded", Family::command, 0.15, 0.001, "Its command is encoded: {}.",
        "コマンドが符号化されています: {}。" },
    Feature { "command.fetches", Family::command, 0.12, 0.001, "Its command fetches something from the network: {}.",
        "コマンドがネットワークから何かを取得します: {}。" },
    Feature { "command.shell", Family::command, 0.25, 0.01, "It starts a shell: {}.", "シェルを起動します: {}。" },
    Feature { "command.interpreter", Family::command, 0.30, 0.03, "It starts an interpreter with a script: {}.",
        "スクリプトをインタープリターで実行します: {}。" },
    Feature { "command.hides", Family::command, 0.10, 0.003, "It hides its window: {}.", "ウィンドウを隠します: {}。" },
    Feature { "command.pipe", Family::command, 0.03, 0.0001,
        "It writes to a named pipe, as tools do to become SYSTEM: {}.",
        "名前付きパイプに書き込みます(SYSTEM 権限を得るツールの動き): {}。" },
    Feature { "command.loads_by_host", Family::command, 0.20, 0.03, "A program of Windows is made to run it: {}.",
        "Windows のプログラムを介して実行されます: {}。" },
    Feature { "command.captures_output", Family::command, 0.05, 0.0005,
        "It keeps what it prints where tools for remote execution fetch it: {}.",
        "出力を、遠隔実行ツールが回収する場所に書き出します: {}。" },
    Feature { "command.tunnels", Family::command, 0.05, 0.0005, "It opens a tunnel to the outside: {}.",
        "外部へのトンネルを開きます: {}。" },
    Feature { "command.script_text", Family::command, 0.30, 0.01, "It carries a script of its own: {}.",
        "スクリプト本文を持っています: {}。" },
    // What lies beside it.
    Feature { "content.known_pair", Family::content, 0.30, 0.002,
        "It lies with a library that it is known to load, in a folder where neither belongs: {}.",
        "読み込むことが知られているライブラリと共に、本来の場所ではないフォルダーにあります: {}。" },
    Feature { "content.known_pair_among_others", Family::content, 0.10, 0.02,
        "It lies with a library that it is known to load, among others of a whole program, in a folder where programs "
        "do not belong: {}.",
        "読み込むことが知られているライブラリと共に、プログラム一式が本来の場所ではないフォルダーにあります: {}。" },
    Feature { "content.phantom_library", Family::content, 0.05, 0.0003,
        "Programs of Windows look for a library of this name, and nobody ships one: {}.",
        "Windows のプログラムが探すものの、誰も配布していない名前のライブラリです: {}。" },
    Feature { "content.lone_pair", Family::content, 0.25, 0.01,
        "A maker's program lies with one library and hardly anything else in a folder where programs do not belong: "
        "{}.",
        "製作者名のあるプログラムがライブラリ一つと共に、プログラムの置き場所ではないフォルダーにあります: {}。" },
    Feature { "content.installed_pair", Family::content, 0.06, 0.02,
        "It lies with a library that it is known to load, among installed programs: {}.",
        "読み込むことが知られているライブラリと共に、インストール済みプログラムの中にあります: {}。" },
    Feature { "content.system_pair", Family::content, 0.15, 0.0005,
        "A program of Windows lies with a library in a folder of its own: {}.",
        "Windows のプログラムが、別のフォルダーにライブラリと共に置かれています: {}。" },
    Feature { "content.packed", Family::content, 0.25, 0.05, "A part of it is packed or encrypted: {}.",
        "一部が圧縮または暗号化されています: {}。" },
    Feature { "content.triad", Family::content, 0.20, 0.01,
        "A third file lies beside program and library, as loaders of encrypted payloads have it: {}.",
        "プログラムとライブラリの隣に、暗号化されたペイロードを思わせる第三のファイルがあります: {}。" },
    // Who made the file.
    Feature { "identity.renamed", Family::identity, 0.12, 0.01,
        "Its version information says that it was called {} once.", "バージョン情報では元の名前は {} です。" },
    Feature { "identity.system_renamed", Family::identity, 0.08, 0.0003,
        "It is a program of Windows under another name: {}.", "Windows のプログラムが別名で置かれています: {}。" },
    Feature { "identity.no_version", Family::identity, 0.45, 0.10, "Its version information names no maker.",
        "バージョン情報に製作者がありません。" },
    Feature {
        "identity.windows", Family::identity, 0.05, 0.60, "Windows counts it to itself.", "Windows の構成要素です。" },
    Feature { "identity.maker", Family::identity, 0.30, 0.70, "Its version information names a maker: {}.",
        "バージョン情報の製作者: {}。" },
    // Until the catalogues of a host are there, nobody can say that a file is unsigned.
    Feature { "identity.no_embedded_signature", Family::identity, 0.70, 0.15,
        "It carries no signature in itself; catalogues that could vouch for it were not given.",
        "ファイル自体に署名がありません。署名カタログは提供されていません。" },
    Feature { "identity.unsigned", Family::identity, 0.70, 0.12,
        "Neither it nor a signature catalogue of its host carries a signature for it.",
        "ファイル自体にも、そのホストの署名カタログにも署名がありません。" },
    Feature { "identity.unsigned_of_windows", Family::identity, 0.40, 0.02,
        "It lies in a folder of Windows, but none of the host's signature catalogues names it.",
        "Windows のフォルダーにありますが、ホストの署名カタログに載っていません。" },
    Feature { "identity.signature_broken", Family::identity, 0.05, 0.0005,
        "It carries the signature of {}, but is not what was signed.",
        "{} の署名がありますが、署名時の内容と異なります。" },
    Feature { "identity.self_signed", Family::identity, 0.04, 0.002,
        "Its maker signed it with a certificate of their own: {}.", "自己署名証明書で署名されています: {}。" },
    Feature { "identity.signed", Family::identity, 0.15, 0.80, "It is signed by {}.", "{} の署名があります。" },
    // Which door it uses.
    Feature { "location.rare", Family::location, 0.20, 0.002, "Hardly any harmless program starts this way: {}.",
        "正規のプログラムがほとんど使わない起動方法です: {}。" },
    Feature { "location.unusual", Family::location, 0.25, 0.02, "Few harmless programs start this way: {}.",
        "正規のプログラムがあまり使わない起動方法です: {}。" },
    Feature { "location.usual_content", Family::location, 0.005, 0.60, "Windows itself puts this here.",
        "Windows 自身が置く内容です。" },
    Feature { "location.changed", Family::location, 0.25, 0.01, "Windows puts something else here by default.",
        "Windows の既定値とは異なる内容です。" },
    Feature { "location.known_benign", Family::location, 0.005, 0.70, "Known: {}.", "既知の正規の項目です: {}。" },
    Feature { "location.top_level_task", Family::location, 0.60, 0.12,
        "The task lies beside those of Windows, not below a maker's folder.",
        "タスクが Windows や製品のフォルダーの外にあります。" },
    Feature { "location.windows_folder", Family::location, 0.15, 0.75, "The task lies in the folder of Windows' own.",
        "タスクは Windows 自身のフォルダーにあります。" },
    // Stores that contradict one another.
    Feature { "contradiction.no_maker_in_windows", Family::contradiction, 0.10, 0.003,
        "It lies among the files of Windows, but its version information names no maker: {}.",
        "Windows のフォルダーにありながら、バージョン情報に製作者がありません: {}。" },
    Feature { "contradiction.hash", Family::contradiction, 0.05, 0.002,
        "The task's XML was changed behind the scheduler's back: its hash is not the one that was registered.",
        "タスクの XML がスケジューラーを通さず変更されています(登録時のハッシュと不一致)。" },
    Feature { "contradiction.hidden_task", Family::contradiction, 0.05, 0.0005, "The task is hidden from lists: {}.",
        "タスクが一覧から隠されています: {}。" },
    Feature { "contradiction.no_xml", Family::contradiction, 0.04, 0.02,
        "The registry knows the task, but its XML is gone.", "レジストリにはタスクがありますが、XML がありません。" },
    Feature { "contradiction.no_registration", Family::contradiction, 0.02, 0.02,
        "The task's XML is there, but the registry does not know it.",
        "タスクの XML はありますが、レジストリに登録がありません。" },
    Feature { "contradiction.file_gone", Family::contradiction, 0.25, 0.05, "Its file is not on the volume any more.",
        "ファイルはボリューム上に残っていません。" },
    Feature { "contradiction.foreign_rid", Family::contradiction, 0.02, 0.00002,
        "The account logs on with the rights of another one: {}.", "別のアカウントの権限でログオンします: {}。" },
    Feature { "contradiction.hidden_account", Family::contradiction, 0.03, 0.0002, "The account is hidden: {}.",
        "アカウントが隠されています: {}。" },
    Feature { "contradiction.class_shadow", Family::contradiction, 0.08, 0.005,
        "A user's class stands in front of the machine's: {}.",
        "ユーザーの COM クラスが端末のクラスを覆っています: {}。" },
    Feature { "contradiction.no_group", Family::contradiction, 0.04, 0.003, "{}.", "{}。" },
    // Settings as intruders leave them.
    Feature { "location.scan_exclusion", Family::location, 0.30, 0.20,
        "The malware protection does not look at it: {}.", "マルウェア対策の検査から除外されています: {}。" },
    Feature { "location.scan_exclusion_writable", Family::location, 0.25, 0.03,
        "The malware protection does not look there, and users can write there: {}.",
        "ユーザーが書き込める場所が、マルウェア対策の検査から除外されています: {}。" },
    Feature { "command.scan_exclusion_wide", Family::command, 0.15, 0.0005,
        "The malware protection leaves out nearly everything of that kind: {}.",
        "マルウェア対策の検査から広い範囲が除外されています: {}。" },
    Feature { "location.let_in", Family::location, 0.10, 0.05,
        "The firewall lets others reach it, although it lies where administrators do not install: {}.",
        "通常のインストール先ではない場所のプログラムに、外部からの着信が許可されています: {}。" },
    Feature { "location.port_forward", Family::location, 0.06, 0.0005, "The machine forwards a port: {}.",
        "ポートを他のアドレスへ転送しています: {}。" },
    Feature { "location.trusted_certificate", Family::location, 0.04, 0.0005,
        "Programs that are signed with this certificate, which nobody else vouches for, are trusted: {}.",
        "第三者の保証がない自己署名証明書で署名されたプログラムが信頼されます: {}。" },
    Feature { "location.rdp_sessions", Family::location, 0.10, 0.005,
        "One account may work in several remote sessions at a time: {}.",
        "一つのアカウントで同時に複数のリモートセッションを使えます: {}。" },
    Feature { "location.rdp_shadow", Family::location, 0.05, 0.002, "Sessions may be watched without asking: {}.",
        "確認なしに他者のセッションを覗けます: {}。" },
    Feature { "location.rdp_port", Family::location, 0.05, 0.01, "Remote desktop listens on another port: {}.",
        "リモートデスクトップが別のポートで待ち受けています: {}。" },
    Feature { "location.rdp_hash", Family::location, 0.05, 0.01, "A password's hash is enough for remote desktop: {}.",
        "ハッシュだけでリモートデスクトップに入れます: {}。" },
    Feature { "location.clear_passwords", Family::location, 0.10, 0.02,
        "Passwords of those who log on stay readable in memory: {}.",
        "ログオンした利用者のパスワードが平文でメモリーに残ります: {}。" },
    Feature { "contradiction.protection_off", Family::contradiction, 0.15, 0.01,
        "A part of the malware protection is switched off: {}.", "マルウェア対策の一部が無効にされています: {}。" },
    Feature { "contradiction.log_off", Family::contradiction, 0.10, 0.002,
        "A log that Windows has on is switched off: {}.", "既定で有効なログが無効にされています: {}。" },
    Feature { "contradiction.audit_off", Family::contradiction, 0.10, 0.005,
        "Windows audits this by itself, and it was switched off: {}.",
        "Windows が既定で行う監査が無効にされています: {}。" },
    Feature { "contradiction.log_elsewhere", Family::contradiction, 0.05, 0.002,
        "A log is written to another file than usual: {}.", "ログが通常と異なるファイルに書かれます: {}。" },
    Feature { "contradiction.log_tiny", Family::contradiction, 0.05, 0.01,
        "A log was made so small that it holds hardly anything: {}.",
        "ログの上限が極端に小さく、ほとんど残りません: {}。" },
    Feature { "contradiction.setup_key", Family::contradiction, 0.02, 0.01,
        "A key makes Windows take itself for a setup environment: {}. It keeps security events away; some real "
        "machines have it.",
        "Windows にセットアップ環境と思わせるキーがあります: {}。セキュリティイベントが書かれなくなりますが、正規の"
        "端末にも見られます。" },
    Feature { "contradiction.hidden_at_logon", Family::contradiction, 0.05, 0.01,
        "The account is left out of the logon screen: {}.", "アカウントがログオン画面に表示されません: {}。" },
    Feature { "contradiction.name_taken_over", Family::contradiction, 0.10, 0.0005,
        "Updates or a maker of protection cannot be reached by this name: {}.",
        "更新サーバーや保護製品の製造元に、この名前では到達できません: {}。" },
    // Clocks.
    Feature { "time.other_clock", Family::time, 0.10, 0.002, "Its creation time was set back: {}.",
        "作成時刻が過去に書き換えられています: {}。" },
    Feature { "time.newest", Family::time, 0.30, 0.05, "It was set up in the last days that the evidence covers: {}.",
        "証拠が及ぶ期間の終わりに作られています: {}。" },
    // Findings of rules.
    Feature { "rule.critical", Family::rule, 0.40, 0.0005, "A rule of level critical names it: {}.",
        "重大度「致命的」のルールに該当: {}。" },
    Feature { "rule.high", Family::rule, 0.40, 0.005, "A rule of level high names it: {}.",
        "重大度「高」のルールに該当: {}。" },
    Feature { "rule.medium", Family::rule, 0.40, 0.04, "A rule of level medium names it: {}.",
        "重大度「中」のルールに該当: {}。" },
    Feature { "rule.antivirus", Family::rule, 0.30, 0.0005, "The malware protection named it: {}.",
        "マルウェア対策ソフトが検知: {}。" },
    // That it ran.
    Feature { "execution.ran", Family::execution, 0.70, 0.40, "It ran: {}.", "実行されています: {}。" },
    // What it belongs to.
    Feature { "coupling.same_file", Family::coupling, 0.40, 0.04, "The same file is named by {}.",
        "同じファイルが次の項目にも現れます: {}。" },
    Feature {
        "coupling.same_folder", Family::coupling, 0.35, 0.02, "From the same folder: {}.", "同じフォルダーから: {}。" },
    Feature {
        "coupling.same_time", Family::coupling, 0.30, 0.04, "Within ten minutes of {}.", "次の項目と 10 分以内: {}。" },
    Feature { "prevalence.differs", Family::contradiction, 0.10, 0.003, "Other hosts have it lead elsewhere: {}.",
        "他の端末では別のファイルを指しています: {}。" },
    // How many hosts have it. The weights come from the fleet (analysers/ranking/prevalence.hpp), not from these rates.
    Feature { "prevalence.rare", Family::prevalence, 0.60, 0.10, "Rare: {}.", "まれ: {}。" },
    Feature { "prevalence.common", Family::prevalence, 0.08, 0.80, "Common: {}.", "一般的: {}。" },
    Feature { "prevalence.spread", Family::prevalence, 0.06, 0.70,
        "It came to its hosts over a long time, as software that is handed out does: {}.",
        "配布されるソフトウェアのように、長い期間をかけて各端末に現れています: {}。" },
    Feature { "prevalence.baseline_has", Family::prevalence, 0.02, 0.60, "The baseline has it: {}.",
        "ベースラインにあります: {}。" },
    Feature { "prevalence.baseline_lacks", Family::prevalence, 0.80, 0.20, "The baseline does not have it: {}.",
        "ベースラインにありません: {}。" },
};

}

std::span<Feature const> features()
{
    static auto const joined = [] {
        std::vector<Feature> features(all.begin(), all.end());
        features.insert(features.end(), linux_features().begin(), linux_features().end());
        return features;
    }();
    return joined;
}

Feature const* find_feature(std::string_view id)
{
    auto const known = features();
    auto const place = std::find_if(known.begin(), known.end(), [&](auto const& one) { return one.id == id; });
    return place == known.end() ? nullptr : &*place;
}

Feature const& feature(std::string_view id)
{
    auto const* const found = find_feature(id);
    VERIFY(found != nullptr);
    return *found;
}

}
