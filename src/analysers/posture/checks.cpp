#include "analysers/posture/checks.hpp"
#include "base/text.hpp"
#include <array>

namespace konseki::posture {

namespace {

constexpr auto low = Severity::low;
constexpr auto medium = Severity::medium;
constexpr auto macros = Group::macros;
constexpr auto logging = Group::logging;
constexpr auto protection = Group::protection;
constexpr auto credentials = Group::credentials;
constexpr auto remote = Group::remote_access;
constexpr auto smb1 = Group::smb1;
constexpr auto uac = Group::uac;

constexpr std::string_view switched_off = "A part of the malware protection is switched off";
constexpr std::string_view switched_off_ja = "マルウェア対策の一部が無効";
constexpr std::string_view clear_text = "Remote management lets passwords pass in clear text";
constexpr std::string_view clear_text_ja = "遠隔管理 (WinRM) でパスワードが平文で流れる";

constexpr std::array all {
    Check { macros, "office", "VBAWarnings", {}, {}, medium, "Macros run without a question",
        "マクロが確認なしで実行される" },
    Check { macros, "office", "BlockContentExecutionFromInternet", {}, {}, medium,
        "Macros of files from the Internet are not blocked", "インターネットから来たファイルのマクロが遮断されない" },
    Check {
        macros, "office", "AccessVBOM", {}, {}, low, "Programs may write macros", "プログラムがマクロを書き込める" },
    Check { macros, "office", {}, "\\protectedview", {}, low, "A part of the protected view is off",
        "保護ビューの一部が無効" },
    Check { macros, "office", "AllowNetworkLocations", {}, {}, low, "Folders of the network may be trusted",
        "ネットワーク上のフォルダーを信頼できる場所にできる" },
    Check { macros, "office", "EnableUnsafeClientMailRules", {}, {}, medium, "Mail rules may start programs",
        "メールの仕分けルールがプログラムを起動できる" },
    Check { macros, "powershell", "ExecutionPolicy", {}, {}, low, "PowerShell runs every script",
        "PowerShell があらゆるスクリプトを実行する" },

    Check { logging, "powershell", "EnableScriptBlockLogging", {}, {}, medium, "Scripts are not logged (4104)",
        "スクリプトが記録されない (4104)" },
    Check { logging, "logging", "ProcessCreationIncludeCmdLine_Enabled", {}, {}, medium,
        "Process events have no command line (4688)", "プロセス作成イベントにコマンドラインが残らない (4688)" },
    Check { logging, "credentials", "SCENoApplyLegacyAuditPolicy", {}, {}, low,
        "The old audit policy overrides the detailed one", "旧い監査ポリシーが詳細な監査ポリシーより優先される" },
    Check { logging, "logging", "Start", "\\autologger\\eventlog-", {}, medium,
        "A log gets nothing after the next start", "次回起動以降、ログに何も書かれない" },
    Check { logging, "logging", "MiniNt", {}, {}, low, "The key MiniNt exists: security events may stay away",
        "MiniNt キーが存在し、セキュリティイベントが書かれない可能性" },
    Check { logging, "logging", "ETWEnabled|COMPlus_ETWEnabled", {}, {}, medium, ".NET programs tell nothing",
        ".NET プログラムの動作が記録されない" },
    Check { logging, "service", "Start", "\\services\\eventlog", {}, medium, "The event log service never starts",
        "イベントログサービスが起動しない" },
    Check { logging, "traces", "EnablePrefetcher|NoRecentDocsHistory|ClearRecentDocsOnExit|SaveZoneInformation", {}, {},
        low, "Windows keeps fewer traces than usual", "Windows が残す痕跡が通常より少ない" },

    Check { protection, "defender", "DisableAntiSpyware|DisableAntiVirus|DisableRoutinelyTakingAction", {}, {}, medium,
        "Defender, or its acting, is switched off", "Defender またはその対処が無効" },
    Check { protection, "defender", {}, "\\real-time protection", {}, medium, switched_off, switched_off_ja },
    Check { protection, "defender", "TamperProtection", {}, {}, low, "Tamper protection is off", "改ざん防止が無効" },
    Check { protection, "defender", {}, "\\spynet", {}, low, "Cloud protection is off", "クラウド保護が無効" },
    Check { protection, "defender", {}, "\\windows defender\\exclusions\\", {}, low, "Not scanned", "検査から除外" },
    Check { protection, "defender", {}, "\\threatiddefaultaction", {}, medium, "A threat is let pass",
        "特定の脅威が許可されている" },
    Check { protection, "defender", {}, "\\threatseveritydefaultaction", {}, medium, "Threats are let pass",
        "脅威が許可されている" },
    Check { protection, "defender", {}, "\\asr", {}, low, "Attack surface reduction is off or leaves this alone",
        "攻撃面の縮小が無効、または除外あり" },
    Check { protection, "defender", "DisableNotifications", {}, {}, low, "Notices of the protection are hidden",
        "保護に関する通知が表示されない" },
    Check { protection, "smartscreen", {}, {}, {}, low, "SmartScreen is off", "SmartScreen が無効" },
    Check { protection, "scripts", "AmsiEnable", {}, {}, medium, "Scripts are not shown to the virus scanner",
        "スクリプトがウイルス対策に渡されない (AMSI)" },
    Check { protection, "logging", "Start", "\\autologger\\defender", {}, medium, switched_off, switched_off_ja },
    Check { protection, "service", "Start", "\\services\\windefend", {}, medium, switched_off, switched_off_ja },
    Check { protection, "service", "Start", "\\services\\wdfilter", {}, medium, switched_off, switched_off_ja },
    Check { protection, "service", "Start", "\\services\\wdnissvc", {}, low, switched_off, switched_off_ja },
    Check { protection, "service", "Start", "\\services\\sense", {}, medium, switched_off, switched_off_ja },
    Check { protection, "service", "Start", "\\services\\wscsvc", {}, low, "The security centre never starts",
        "セキュリティセンターが起動しない" },
    Check { protection, "service", "Start", "\\services\\securityhealthservice", {}, low,
        "The security centre never starts", "セキュリティセンターが起動しない" },
    Check { protection, "application_control", "VulnerableDriverBlocklistEnable", {}, {}, low,
        "Known weak drivers may be loaded", "脆弱性が知られたドライバーを読み込める" },
    Check { protection, "service", "Start", "\\services\\wuauserv", {}, low, "Updates are off", "更新が無効" },
    Check { protection, "updates", "NoAutoUpdate", {}, {}, low, "Updates are off", "更新が無効" },
    Check {
        protection, "service", "Start", "\\services\\vss", {}, low, "Shadow copies are off", "シャドウコピーが無効" },
    Check { protection, "recovery", "DisableSR|DisableConfig", {}, {}, low, "There are no restore points",
        "復元ポイントが作られない" },
    Check { protection, "lockout", "DisableTaskMgr|DisableRegistryTools|DisableCMD", {}, {}, low,
        "A tool was taken away from people", "管理用の道具が使えなくされている" },

    Check { credentials, "credentials", "UseLogonCredential", {}, {}, medium, "Passwords lie readable in memory",
        "パスワードが平文でメモリーに残る" },
    Check { credentials, "credentials", "RunAsPPL", {}, {}, low, "LSA's memory is not protected",
        "LSA のメモリーが保護されていない" },
    Check { credentials, "credentials", "LmCompatibilityLevel", {}, {}, medium, "The machine answers with LM or NTLMv1",
        "LM または NTLMv1 で応答する" },
    Check { credentials, "credentials", "NoLMHash", {}, {}, medium, "LM hashes are stored", "LM ハッシュが保存される" },
    Check { credentials, "credentials", "RestrictAnonymousSAM|EveryoneIncludesAnonymous", {}, {}, low,
        "Anonymous users may list accounts", "匿名の利用者がアカウントを列挙できる" },
    Check { credentials, "credentials", "LimitBlankPasswordUse", {}, {}, medium,
        "Accounts without a password may log on over the network",
        "パスワードのないアカウントでネットワーク越しにログオンできる" },
    Check { credentials, "credentials", "DisableRestrictedAdmin", {}, {}, medium, "A hash is enough for remote desktop",
        "ハッシュだけでリモートデスクトップに入れる" },
    Check { credentials, "credentials", "AutoAdminLogon", {}, {}, low, "Somebody is logged on at start",
        "起動時に自動でログオンする" },
    Check { credentials, "credentials", "DefaultPassword", {}, {}, medium,
        "The password of the automatic logon is readable", "自動ログオンのパスワードが読める" },
    Check { credentials, "credentials", "EnableVirtualizationBasedSecurity", {}, {}, low,
        "Virtualisation based security is switched off", "仮想化ベースのセキュリティが無効" },
    Check { credentials, "credentials", "Enabled", "\\deviceguard\\scenarios\\", {}, low,
        "Credential Guard or code integrity is switched off", "Credential Guard またはコード整合性が無効" },
    Check { credentials, "uac", "LocalAccountTokenFilterPolicy", {}, {}, medium,
        "Local administrators have all rights over the network", "ローカル管理者がネットワーク越しに全権限を持つ" },
    Check { credentials, "network", "EnablePlainTextPassword|AllowInsecureGuestAuth", {}, {}, low,
        "Passwords in clear text, or guests without proof, are accepted",
        "平文のパスワードまたは認証なしのゲストを許す" },
    Check { credentials, "network", "RestrictNullSessAccess", {}, {}, low, "Sessions without a name may see all",
        "名前のないセッションからすべて見える" },

    Check { remote, "firewall", "EnableFirewall", {}, {}, medium, "The firewall is off in a profile",
        "ファイアウォールが無効のプロファイルがある" },
    Check { remote, "firewall", "DefaultInboundAction", {}, {}, medium, "What no rule names is let in",
        "規則のない着信が許可される" },
    Check { remote, "service", "Start", "\\services\\mpssvc", {}, medium, "The firewall never starts",
        "ファイアウォールが起動しない" },
    Check { remote, "service", "Start", "\\services\\bfe", {}, medium, "The firewall never starts",
        "ファイアウォールが起動しない" },
    Check { remote, "service", "Start", "\\services\\remoteregistry", {}, low, "Remote registry starts by itself",
        "リモートレジストリが自動で起動する" },
    Check { remote, "network", "auth_basic|allow_unencrypted", {}, {}, low, clear_text, clear_text_ja },
    Check { remote, "network", "AllowBasic|AllowUnencryptedTraffic", "\\winrm\\service", "1", low, clear_text,
        clear_text_ja },
    Check { remote, "network", "trusted_hosts", {}, {}, low, "WinRM believes these machines without proof",
        "WinRM が検証なしに信頼する端末がある" },
    Check { remote, "network", "RpcAuthnLevelPrivacyEnabled|RestrictDriverInstallationToAdministrators", {}, {}, medium,
        "The fix of PrintNightmare is undone", "PrintNightmare の対策が解除されている" },

    Check { smb1, "network", "SMB1", {}, {}, medium, "SMB 1 is on (server)", "SMB 1 が有効(サーバー)" },
    Check { smb1, "network", "Start", "\\services\\mrxsmb10", {}, low, "SMB 1 is on (client)",
        "SMB 1 が有効(クライアント)" },

    Check { uac, "uac", "EnableLUA", {}, {}, medium, "User Account Control is off", "ユーザーアカウント制御が無効" },
    Check { uac, "uac", "ConsentPromptBehaviorAdmin", {}, {}, medium, "Administrators are raised without a question",
        "管理者が確認なしに昇格する" },
    Check { uac, "uac", "PromptOnSecureDesktop", {}, {}, low, "The question does not come on the secure desktop",
        "確認がセキュアデスクトップに表示されない" },
    Check { uac, "installer", "AlwaysInstallElevated", {}, {}, medium, "Every MSI package may run as SYSTEM",
        "あらゆる MSI が SYSTEM 権限で動き得る" },
};

constexpr std::array all_defaults {
    Default { logging, "powershell", "EnableScriptBlockLogging", false, 0,
        "Script block logging is not set: at best suspicious scripts are logged (4104)",
        "スクリプトブロックのログが未設定で、疑わしいものしか記録されない (4104)" },
    Default { logging, "logging", "ProcessCreationIncludeCmdLine_Enabled", false, 0,
        "Command lines are not part of process events (4688)",
        "プロセス作成イベントにコマンドラインが含まれない (4688)" },
    Default { credentials, "credentials", "UseLogonCredential", true, 9600,
        "This Windows keeps passwords readable in memory (WDigest) unless told otherwise",
        "この Windows は既定でパスワードを平文でメモリーに残す (WDigest)" },
    Default { credentials, "credentials", "RunAsPPL", true, 22621, "LSA protection is not set", "LSA の保護が未設定" },
    Default { credentials, "credentials", "LmCompatibilityLevel", true, 6000,
        "This Windows answers with LM and NTLMv1 unless told otherwise",
        "この Windows は既定で LM と NTLMv1 で応答する" },
    Default { smb1, "network", "SMB1", true, 16299, "This Windows has SMB 1 on unless told otherwise",
        "この Windows は既定で SMB 1 が有効" },
};

std::array<GroupWords, 7> const words { {
    { macros, "posture.macros", { "Macros and scripts run too easily", "マクロやスクリプトが実行されやすい設定" },
        { "A document or script that somebody opens can run code with few questions asked.",
            "開いた文書やスクリプトが、ほとんど確認なしにコードを実行できます。" },
        { "Set by policy: macros of files from the Internet blocked, VBAWarnings 3 or 4 (signed ones only, or none), "
          "protected view "
          "on, no trusted locations in folders that users can write, PowerShell RemoteSigned or AllSigned.",
            "ポリシーで、インターネット由来のマクロを遮断し、VBAWarnings を 3 か 4 "
            "(署名付きのみ、または禁止)、保護ビューを有効にし、"
            "ユーザーが書き込めるフォルダーを信頼できる場所から外し、PowerShell は RemoteSigned か AllSigned "
            "にします。" } },
    { logging, "posture.logging", { "Windows logs less than an investigation needs", "調査に必要な記録が残らない設定" },
        { "What the next intruder does here will leave fewer records, or records that are soon overwritten.",
            "次に侵入された際、記録が残らないか、短期間で上書きされます。" },
        { "Switch on script block logging and command lines in 4688, audit process creation, logon and object changes, "
          "give the "
          "Security log 1 GB and PowerShell's log 128 MB or more, switch the named logs on again, forward events to "
          "another machine. "
          "Ask who switched off what is off: the time of the key is in the traces.",
            "スクリプトブロックのログと 4688 "
            "のコマンドライン記録を有効にし、プロセス作成・ログオン・変更の監査を設定し、セキュリティログは 1 GB、"
            "PowerShell のログは 128 MB "
            "以上とし、無効のログを有効に戻し、イベントを別の端末へ転送します。無効にしたのが誰かを確認してください"
            "(キーの時刻は痕跡に示されます)。" } },
    { protection, "posture.protection", { "Protection is switched off or has holes", "保護機能の無効化または抜け穴" },
        { "Malware finds less resistance here. Another protection product may have switched Defender off itself: look "
          "for it "
          "first; otherwise ask who did it and when.",
            "マルウェアへの抵抗力が下がっています。他の保護製品が Defender "
            "を無効にした可能性もあるため、まず製品の有無を確認し、"
            "なければ誰がいつ行ったかを調べます。" },
        { "Switch real-time and cloud protection and tamper protection on, remove exclusions that nobody can explain "
          "(above all of "
          "folders that users can write, of drives and of extensions), then scan what had been left out.",
            "リアルタイム保護、クラウド保護、改ざん防止を有効にし、説明のつかない除外("
            "特にユーザーが書き込めるフォルダー、ドライブ、拡張子)"
            "を削除し、除外されていた場所を検査します。" } },
    { credentials, "posture.credentials",
        { "Passwords and hashes are easy to take", "パスワードやハッシュが奪われやすい設定" },
        { "Whoever becomes administrator here gets accounts that open other machines.",
            "この端末で管理者になった者が、他の端末に通用するアカウントを手に入れられます。" },
        { "Set WDigest UseLogonCredential 0, RunAsPPL 1, LmCompatibilityLevel 5, NoLMHash 1, LimitBlankPasswordUse 1, "
          "remove "
          "LocalAccountTokenFilterPolicy and automatic logons, at most 4 cached logons; Credential Guard where the "
          "hardware can. "
          "After an intrusion treat passwords used here as known.",
            "WDigest の UseLogonCredential を 0、RunAsPPL を 1、LmCompatibilityLevel を 5、NoLMHash と "
            "LimitBlankPasswordUse を 1 にし、"
            "LocalAccountTokenFilterPolicy と自動ログオンを取り除き、キャッシュするログオンは 4 以下にします。可能なら "
            "Credential Guard を使います。"
            "侵入後は、この端末で使われたパスワードは知られたものとして扱います。" } },
    { remote, "posture.remote-access", { "The machine is easy to reach from outside", "外部から到達しやすい設定" },
        { "Others of the network can reach services of this machine with less proof than usual.",
            "ネットワーク上の他者が、通常より弱い認証でこの端末のサービスに到達できます。" },
        { "Switch the firewall on in every profile; ask for NLA, or switch remote desktop off; Shadow 0 or 1; WinRM "
          "over HTTPS "
          "only; remove forwarded ports that nobody needs (netsh interface portproxy).",
            "全プロファイルでファイアウォールを有効にし、リモートデスクトップは NLA を必須にするか無効にし、Shadow は "
            "0 か 1 に、WinRM は HTTPS "
            "のみにし、不要なポート転送 (netsh interface portproxy) を削除します。" } },
    { smb1, "posture.smb1", { "SMB 1 is switched on", "SMB 1 が有効" },
        { "SMB 1 has no protection against relaying and was the door of WannaCry and NotPetya.",
            "SMB 1 は中継攻撃への対策がなく、WannaCry や NotPetya の侵入口となりました。" },
        { "Remove the feature SMB1Protocol (Disable-WindowsOptionalFeature), after looking for old scanners and "
          "storage that "
          "still need it.",
            "SMB 1 を必要とする古い複合機やストレージがないか確かめたうえで、機能 SMB1Protocol を削除します "
            "(Disable-WindowsOptionalFeature)。" } },
    { uac, "posture.uac", { "Programs become administrator too easily", "プログラムが管理者権限を得やすい設定" },
        { "Code that a user starts can take administrator's rights without anybody noticing.",
            "ユーザーが起動したコードが、気づかれずに管理者権限を得られます。" },
        { "Set EnableLUA 1, ConsentPromptBehaviorAdmin 2, PromptOnSecureDesktop 1, remove AlwaysInstallElevated, and "
          "take "
          "administrator's rights away from daily accounts.",
            "EnableLUA を 1、ConsentPromptBehaviorAdmin を 2、PromptOnSecureDesktop を 1 にし、AlwaysInstallElevated "
            "を取り除き、"
            "日常のアカウントから管理者権限を外します。" } },
} };

}

std::span<GroupWords const> groups()
{
    return words;
}

std::span<Check const> checks()
{
    return all;
}

std::span<Default const> defaults()
{
    return all_defaults;
}

bool is_in_list(std::string_view list, std::string_view text)
{
    for (auto const one : split(list, '|'))
        if (equals_ignoring_case(one, text))
            return true;
    return false;
}

}
