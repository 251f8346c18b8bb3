#include "base/text.hpp"
#include "bytes/utf16.hpp"
#include "traces/windows_event/typed.hpp"
#include "traces/windows_event/typed_schemas.hpp"
#include <array>
#include <deque>
#include <map>
#include <gtest/gtest.h>

namespace konseki::windows_event {
namespace {

struct Rows final : TraceSink {
    TraceBatch& room_in(Schema const& schema) override
    {
        auto const found = batches.find(schema.name);
        return found != batches.end() ? found->second
                                      : batches.emplace(schema.name, TraceBatch { schema, 1 }).first->second;
    }
    // Every column that is said, as name=value, of the only row.
    std::string only() const
    {
        if (batches.size() != 1 || batches.begin()->second.row_count() != 1)
            return format("{} schemas", batches.size());
        auto const& batch = batches.begin()->second;
        std::string text { batch.schema().name };
        for (std::size_t i = 3; i < batch.schema().column_count; ++i) { // time, computer and id are in every row
            if (batch.is_absent(i, 0))
                continue;
            auto const& column = batch.schema().column_array[i];
            text += format(" {}=", column.name);
            if (column.type == ColumnType::text || column.type == ColumnType::symbol)
                text += batch.text(i, 0);
            else if (column.type == ColumnType::timestamp)
                text += to_string(Timestamp { static_cast<std::int64_t>(batch.number(i, 0)) });
            else
                text += format("{}", batch.number(i, 0));
        }
        return text;
    }
    std::map<std::string_view, TraceBatch> batches;
};

// An event of text values; add() gives others.
class Sample {
public:
    Sample(std::string_view channel, std::string_view provider, std::uint32_t event_id)
    {
        m_event.channel = channel;
        m_event.provider = provider;
        m_event.event_id = event_id;
        m_event.computer = "PC";
        m_event.written_at = Timestamp::from_unix_seconds(1'600'000'000);
    }
    Sample& text(std::string_view name, std::string_view value)
    {
        m_names.emplace_back(name);
        m_bytes.push_back(utf16le_from_utf8(value));
        m_values.push_back({ ValueType::utf16, as_bytes(m_bytes.back()) });
        return *this;
    }
    Sample& number(std::string_view name, ValueType type, std::uint64_t value, std::size_t size)
    {
        m_names.emplace_back(name);
        std::string raw;
        for (std::size_t i = 0; i < size; ++i)
            raw += static_cast<char>((value >> (8 * i)) & 0xff);
        m_bytes.push_back(raw);
        m_values.push_back({ type, as_bytes(m_bytes.back()) });
        return *this;
    }
    Sample& message(std::string_view value)
    {
        m_event.message = value;
        return *this;
    }
    Sample& computer_says(std::string_view sid)
    {
        m_event.user_sid = sid;
        return *this;
    }
    void send(TypedRows& rows, EventShapes& shapes)
    {
        m_event.shape = shapes.intern(m_names);
        m_event.values = m_values;
        rows.on_event(m_event, { 16, 32, false });
    }
    std::string row()
    {
        EventShapes shapes;
        Rows sink;
        TypedRows rows { sink };
        send(rows, shapes);
        return sink.only();
    }

private:
    Event m_event;
    std::vector<std::string> m_names;
    std::deque<std::string> m_bytes;
    std::vector<EventValue> m_values;
};

constexpr auto security = "Security";
constexpr auto auditing = "Microsoft-Windows-Security-Auditing";
constexpr auto sysmon_channel = "Microsoft-Windows-Sysmon/Operational";
constexpr auto sysmon_provider = "Microsoft-Windows-Sysmon";
constexpr std::string_view nothing = "0 schemas";

TEST(TypedRows, ALogonSaysWhoFromWhere)
{
    Sample sample { security, auditing, 4624 };
    sample.text("SubjectUserName", "PC$")
        .text("SubjectDomainName", "CORP")
        .number("SubjectLogonId", ValueType::hex64, 0x3e7, 8);
    sample.text("TargetUserSid", "S-1-5-21-1")
        .text("TargetUserName", "taro")
        .text("TargetDomainName", "CORP")
        .number("TargetLogonId", ValueType::hex64, 0x12345, 8);
    sample.number("LogonType", ValueType::u32, 10, 4)
        .text("LogonProcessName", "User32 ")
        .text("AuthenticationPackageName", "Negotiate")
        .text("WorkstationName", "-");
    sample.number("ProcessId", ValueType::hex64, 0x1f4, 8)
        .text("ProcessName", "C:\\w.exe")
        .text("IpAddress", "::ffff:10.0.0.9")
        .text("IpPort", "51000");
    EXPECT_EQ(sample.row(),
        "windows.logon kind=logon is_success=1 logon_type=10 user=taro user_domain=CORP user_sid=S-1-5-21-1 "
        "logon_id=74565 subject_user=PC$ "
        "subject_domain=CORP subject_logon_id=999 source_address=10.0.0.9 source_port=51000 image=C:\\w.exe "
        "process_id=500 "
        "authentication_package=Negotiate logon_process=User32");
}

TEST(TypedRows, AFailedLogonSaysWhy)
{
    Sample sample { security, auditing, 4625 };
    sample.text("TargetUserName", "admin")
        .number("Status", ValueType::hex32, 0xc000006d, 4)
        .number("SubStatus", ValueType::hex32, 0xc0000064, 4)
        .text("LogonType", "3");
    EXPECT_EQ(sample.row(),
        "windows.logon kind=logon_failed is_success=0 logon_type=3 user=admin status=0xc0000064 failure_reason=user "
        "does not exist");
    Sample without_detail { security, auditing, 4625 };
    without_detail.text("Status", "0xc0000234").text("SubStatus", "0x0");
    EXPECT_EQ(without_detail.row(),
        "windows.logon kind=logon_failed is_success=0 status=0xc0000234 failure_reason=account locked out");
}

TEST(TypedRows, KerberosAndNtlmChecksAreLogons)
{
    Sample tgt { security, auditing, 4768 };
    tgt.text("TargetUserName", "taro")
        .text("Status", "0x0")
        .text("TicketEncryptionType", "0x17")
        .text("IpAddress", "::1")
        .text("IpPort", "0")
        .text("ServiceName", "krbtgt");
    EXPECT_EQ(tgt.row(),
        "windows.logon kind=kerberos_tgt is_success=1 user=taro source_address=::1 service=krbtgt "
        "authentication_package=Kerberos ticket_encryption=0x17");
    Sample preauthentication { security, auditing, 4771 };
    preauthentication.text("TargetUserName", "taro").text("Status", "0x18");
    EXPECT_EQ(preauthentication.row(),
        "windows.logon kind=kerberos_preauthentication_failed is_success=0 user=taro authentication_package=Kerberos "
        "status=0x18 failure_reason=wrong password");
    Sample ntlm { security, auditing, 4776 };
    ntlm.text("TargetUserName", "taro").text("Workstation", "W").text("Status", "0xc000006a");
    EXPECT_EQ(ntlm.row(),
        "windows.logon kind=ntlm_check is_success=0 user=taro workstation=W status=0xc000006a failure_reason=wrong "
        "password");
}

TEST(TypedRows, ProcessStartsOfBothSourcesHaveTheSameColumns)
{
    Sample sysmon { sysmon_channel, sysmon_provider, 1 };
    sysmon.text("ProcessGuid", "{b34bc01c-7fae-5f63-1000-000000000400}")
        .number("ProcessId", ValueType::u32, 77, 4)
        .text("Image", "C:\\a.exe")
        .text("CommandLine", "a -b");
    sysmon.text("User", "CORP\\taro")
        .number("LogonId", ValueType::hex64, 0x3e7, 8)
        .text("IntegrityLevel", "High")
        .text("Hashes", "SHA1=AA,MD5=BB,SHA256=CC,IMPHASH=00000000000000000000000000000000")
        .text("ParentImage", "C:\\p.exe")
        .text("Description", "-");
    EXPECT_EQ(sysmon.row(),
        "windows.process_start process_id=77 process_guid=B34BC01C-7FAE-5F63-1000-000000000400 image=C:\\a.exe "
        "command_line=a -b user=CORP\\taro logon_id=999 integrity=High "
        "parent_image=C:\\p.exe sha256=CC sha1=AA md5=BB");
    Sample audit { security, auditing, 4688 };
    audit.text("SubjectUserName", "PC$")
        .text("SubjectDomainName", "CORP")
        .text("SubjectUserSid", "S-1-5-18")
        .number("SubjectLogonId", ValueType::hex64, 0x3e7, 8)
        .number("NewProcessId", ValueType::hex64, 0x10, 8)
        .text("NewProcessName", "C:\\a.exe");
    audit.text("TargetUserName", "-")
        .text("TargetDomainName", "-")
        .number("ProcessId", ValueType::hex64, 4, 8)
        .text("ParentProcessName", "C:\\p.exe")
        .text("MandatoryLabel", "S-1-16-12288");
    EXPECT_EQ(audit.row(),
        "windows.process_start process_id=16 image=C:\\a.exe user=CORP\\PC$ user_sid=S-1-5-18 logon_id=999 "
        "integrity=High parent_process_id=4 parent_image=C:\\p.exe");
}

TEST(TypedRows, ServicesAndTasksSayWhatWillRun)
{
    Sample service { "System", "Service Control Manager", 7045 };
    service.text("ServiceName", "x")
        .text("ImagePath", "cmd /c y")
        .text("ServiceType", "user mode service")
        .text("StartType", "demand start")
        .text("AccountName", "LocalSystem")
        .computer_says("S-1-5-18");
    EXPECT_EQ(service.row(),
        "windows.service_change kind=installed name=x image=cmd /c y service_type=user mode service start_type=demand "
        "start account=LocalSystem user_sid=S-1-5-18");
    Sample task { security, auditing, 4698 };
    task.text("TaskName", "\\x")
        .text("SubjectUserName", "taro")
        .text("TaskContent",
            "<Task><UserId>S-1-5-18</UserId><Exec><Command>cmd.exe</Command><Arguments>/c a &amp;&amp; "
            "b</Arguments></Exec></Task>");
    EXPECT_EQ(task.row(),
        "windows.task_change kind=created name=\\x user=taro command=cmd.exe arguments=/c a && b "
        "content=<Task><UserId>S-1-5-18</UserId><Exec><Command>cmd.exe</Command><Arguments>/c a &amp;&amp; "
        "b</Arguments></Exec></Task> run_as=S-1-5-18");
}

TEST(TypedRows, EventIdsOfOtherProvidersAreNotMistaken)
{
    EXPECT_EQ((Sample { "Application", "Some Backup", 4624 }.text("TargetUserName", "x").row()), nothing);
    EXPECT_EQ((Sample { "System", "Microsoft-Windows-Kernel-General", 1 }.text("Image", "x").row()), nothing);
    EXPECT_EQ((Sample { "System", "Other", 7045 }.text("ServiceName", "x").row()), nothing);
    EXPECT_EQ((Sample { security, "Microsoft-Windows-Eventlog", 4624 }.row()), nothing);
    EXPECT_EQ((Sample { "", "", 4624 }.row()), nothing);
    EXPECT_NE((Sample { "security", auditing, 4624 }.row()), nothing); // as collectors write it
    EXPECT_NE((Sample { "", auditing, 4624 }.row()), nothing); // exports without the channel
    // 1102 is a cleared log, or an outgoing remote desktop connection
    EXPECT_EQ((Sample { security, "Microsoft-Windows-Eventlog", 1102 }.text("SubjectUserName", "taro").row()),
        "windows.log_cleared kind=cleared log=Security user=taro");
    EXPECT_EQ((Sample { "Microsoft-Windows-TerminalServices-RDPClient/Operational",
                  "Microsoft-Windows-TerminalServices-ClientActiveXCore", 1102 }
                      .text("Value", "10.0.0.1")
                      .row()),
        "windows.remote_session kind=connecting_out target=10.0.0.1");
}

TEST(TypedRows, FrequentAndDullSysmonRecordsAreLeftOut)
{
    EXPECT_EQ(
        (Sample { sysmon_channel, sysmon_provider, 10 }.number("GrantedAccess", ValueType::hex32, 0x1400, 4).row()),
        nothing);
    EXPECT_EQ(
        (Sample { sysmon_channel, sysmon_provider, 10 }.number("GrantedAccess", ValueType::hex32, 0x1410, 4).row()),
        "windows.process_access kind=opened granted_access=0x1410");
    EXPECT_EQ((Sample { sysmon_channel, sysmon_provider, 12 }.text("EventType", "CreateKey").row()), nothing);
    EXPECT_EQ((Sample { sysmon_channel, sysmon_provider, 12 }
                      .text("EventType", "DeleteKey")
                      .text("TargetObject", "HKLM\\x")
                      .row()),
        "windows.registry_change kind=key_deleted key=HKLM\\x");
    auto const load = [](std::string_view path, std::string_view signer, std::string_view status) {
        return Sample { sysmon_channel, sysmon_provider, 7 }
            .text("ImageLoaded", path)
            .text("Signed", "true")
            .text("Signature", signer)
            .text("SignatureStatus", status)
            .row();
    };
    EXPECT_EQ(load("c:\\windows\\System32\\a.dll", "Microsoft Windows", "Valid"), nothing);
    EXPECT_NE(load("C:\\Users\\a.dll", "Microsoft Windows", "Valid"), nothing);
    EXPECT_NE(load("C:\\Windows\\System32\\a.dll", "Evil Ltd", "Valid"), nothing);
    EXPECT_NE(load("C:\\Windows\\System32\\a.dll", "Microsoft Windows", "Revoked"), nothing);
}

TEST(TypedRows, PowershellScriptBlocksKeepTheirJoiningId)
{
    Sample sample { "Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4104 };
    sample.number("MessageNumber", ValueType::i32, 2, 4)
        .text("MessageTotal", "3")
        .text("ScriptBlockText", "iex")
        .text("ScriptBlockId", "{0a-b}")
        .text("Path", "");
    EXPECT_EQ(
        sample.row(), "windows.powershell_script kind=script_block script_block_id=0A-B part=2 part_total=3 text=iex");
    Sample classic { "Windows PowerShell", "PowerShell", 400 };
    classic.text("Data", "Available")
        .text("Data", "None")
        .text("Data",
            "\tNewEngineState=Available\r\n\r\n\tHostApplication=powershell -enc "
            "A=\r\n\tEngineVersion=2.0\r\n\tRunspaceId=r\r\n");
    EXPECT_EQ(classic.row(),
        "windows.powershell_script kind=engine_started host_application=powershell -enc A= engine_version=2.0 "
        "runspace_id=r");
    Sample pipeline { "Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-PowerShell", 4103 };
    std::string const host(400, 'h');
    pipeline
        .text("ContextInfo",
            "        Host Application = " + host + "\r\n        User = CORP\\taro\r\n        Script Name = \r\n")
        .text("Payload", std::string(5'000, 'x'));
    EXPECT_EQ(pipeline.row(),
        "windows.powershell_script kind=pipeline text=" + std::string(1'000, 'x')
            + " host_application=" + host.substr(0, 256) + " user=CORP\\taro");
    Sample command { "Windows PowerShell", "PowerShell", 800 };
    command.text("Data", "iex")
        .text("Data", "\tHostApplication=" + host + "\r\n\tUserId=\r\n\tUserId=second\r\n")
        .text("Data", "b");
    EXPECT_EQ(command.row(), "windows.powershell_script kind=pipeline text=b host_application=" + host.substr(0, 256));
}

TEST(TypedRows, SessionsConnectionsAndSharesSayWhereFrom)
{
    EXPECT_EQ((Sample { "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
                  "Microsoft-Windows-TerminalServices-LocalSessionManager", 21 }
                      .text("User", "CORP\\taro")
                      .number("SessionID", ValueType::u32, 2, 4)
                      .text("Address", "10.0.0.9")
                      .row()),
        "windows.remote_session kind=logon user=taro user_domain=CORP source_address=10.0.0.9 session_id=2");
    EXPECT_EQ((Sample { "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
                  "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", 131 }
                      .text("ClientIP", "[::1]:5000")
                      .row()),
        "windows.remote_session kind=connection_received source_address=::1");
    EXPECT_EQ((Sample { security, auditing, 5156 }
                      .text("Direction", "%%14593")
                      .text("Protocol", "6")
                      .number("DestPort", ValueType::u16, 443, 2)
                      .text("Application", "\\device\\x")
                      .row()),
        "windows.network_connection is_allowed=1 direction=outbound protocol=tcp image=\\device\\x target_port=443");
    EXPECT_EQ((Sample { security, auditing, 5145 }
                      .text("ShareName", "\\\\*\\IPC$")
                      .text("RelativeTargetName", "svcctl")
                      .row()),
        "windows.share_access share=\\\\*\\IPC$ target=svcctl");
    EXPECT_EQ(
        (Sample { security, auditing, 4740 }.text("TargetUserName", "taro").text("TargetDomainName", "EVILPC").row()),
        "windows.account_change kind=user_locked_out target=taro details=EVILPC");
}

TEST(TypedRows, OneObjectServesManyShapes)
{
    EventShapes shapes;
    Rows sink;
    TypedRows rows { sink };
    for (int i = 0; i < 100; ++i) { // more shapes than a route keeps plans for
        Sample sample { security, auditing, 4624 };
        for (int j = 0; j < i; ++j)
            sample.text(format("Filler{}", j), "x");
        sample.text("TargetUserName", format("user{}", i));
        sample.send(rows, shapes);
    }
    auto const& batch = sink.batches.at("windows.logon");
    ASSERT_EQ(batch.row_count(), 100U);
    for (std::size_t i = 0; i < 100; ++i)
        EXPECT_EQ(batch.text(6, i), format("user{}", i));
}

TEST(TypedRows, SchemasHaveDistinctNamesAndDescribeEveryColumn)
{
    std::map<std::string_view, int> names;
    for (auto const* schema : typed_schemas()) {
        EXPECT_EQ(++names[schema->name], 1) << schema->name;
        for (auto const& column : schema->columns()) {
            EXPECT_FALSE(column.meaning.empty()) << schema->name << column.name;
            EXPECT_NE(column.name, "evidence");
        }
        EXPECT_EQ(schema->column_array[0].name, "written_at");
        EXPECT_EQ(schema->column_array[1].name, "computer");
        EXPECT_EQ(schema->column_array[2].name, "event_id");
    }
}

TEST(TypedRows, ShortAndOddValuesDoNoHarm)
{
    Sample sample { security, auditing, 4624 };
    sample.number("LogonType", ValueType::u32, 3, 1)
        .number("TargetLogonId", ValueType::hex64, 0, 0)
        .number("ProcessId", ValueType::guid, 5, 3)
        .number("IpPort", ValueType::binary, 5, 2);
    EXPECT_EQ(sample.row(), "windows.logon kind=logon is_success=1 logon_type=3 source_port=500 process_id=50000");
}

}
}
