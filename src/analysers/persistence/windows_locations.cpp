#include "analysers/persistence/catalogue.hpp"
#include <array>

namespace konseki::persistence {

namespace {

constexpr std::array all {
    Location {
        .id = "W01",
        .place = "HKLM and HKU: Software\\Microsoft\\Windows\\CurrentVersion\\Run, RunOnce",
        .attack = "T1547.001",
        .use = Use::common,
        .title = "Run key",
        .title_ja = "Run キー",
        .starts = "At every logon (RunOnce: once) with the rights of the user.",
        .starts_ja = "ログオンのたびに(RunOnce は一度だけ)利用者の権限で起動します。",
        .suspicious = "A program in a folder that users can write, an interpreter with a script, a name that copies "
                      "a product that is not installed.",
        .suspicious_ja = "利用者が書き込めるフォルダーのプログラム、スクリプトを渡されたインタープリター、"
                         "導入されていない製品を装った名前。",
        .advice = "Secure the file it names and its hash, then find out when the value was written and by which "
                  "program; look for the same value on other hosts before it is removed.",
        .advice_ja = "指しているファイルとハッシュを保全し、値がいつ、どのプログラムに書かれたかを調べます。"
                     "削除する前に他の端末で同じ値を探します。",
        .default_content = "",
        .registry_parts = "\\currentversion\\run\\|\\currentversion\\runonce\\",
    },
    Location {
        .id = "W24",
        .place = "HKLM: …\\Image File Execution Options\\<program>!Debugger",
        .attack = "T1546.012",
        .use = Use::rare,
        .title = "Debugger of a program (Image File Execution Options)",
        .title_ja = "プログラムのデバッガー指定 (Image File Execution Options)",
        .starts = "Whenever the named program is started, instead of it; for sethc.exe and its like before logon, "
                  "as SYSTEM.",
        .starts_ja = "指定のプログラムが起動されるたびに代わりに動きます。sethc.exe などではログオン前に SYSTEM "
                     "権限で動きます。",
        .suspicious = "Any debugger for an accessibility program (sethc, utilman, osk, magnify, narrator), for a "
                      "security product, or one that is a shell.",
        .suspicious_ja
        = "ユーザー補助プログラム(sethc、utilman、osk、magnify、narrator)やセキュリティ製品に対する指定、"
          "シェルを指す指定。",
        .advice = "Remove the value after it was secured. Treat remote desktop logons to this host since the key's "
                  "write time as suspect: a shell before logon needs no account.",
        .advice_ja = "保全したうえで値を削除します。キーの書き込み時刻以降のリモートデスクトップ接続を疑います"
                     "(ログオン前のシェルはアカウントを必要としません)。",
        .default_content = "",
        .registry_parts = "\\image file execution options\\",
    },
};

}

std::span<Location const> locations()
{
    return all;
}

}
