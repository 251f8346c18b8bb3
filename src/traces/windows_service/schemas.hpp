// The row of a service or driver. Not the code that fills it.
#pragma once
#include "record/schema.hpp"

namespace konseki::windows_service {

struct ServiceRow {
    Symbol control_set;
    bool is_current = false;
    std::string_view name;
    Symbol kind, start;
    std::optional<std::uint32_t> type, start_value, error_control;
    std::optional<bool> is_delayed;
    std::string_view image_path, service_dll;
    Symbol service_main, account;
    std::string_view display_name, description, failure_command;
    Symbol group;
    bool has_failure_actions = false, has_triggers = false, has_security = false;
    Timestamp key_written_at, parameters_written_at;
};

inline constexpr auto service_schema = schema("windows.service", "Services and drivers of all control sets (SYSTEM)",
    field("control_set", &ServiceRow::control_set, "Control set that holds the service"),
    field("is_current", &ServiceRow::is_current, "Whether that control set was in use"),
    field("name", &ServiceRow::name, "Name of the key: the service's name"),
    field("kind", &ServiceRow::kind,
        "kernel_driver, file_system_driver, recognizer, own_process, shared_process, user_service …; absent for keys "
        "without a type"),
    field("start", &ServiceRow::start, "boot, system, automatic, manual, disabled"),
    field("type", &ServiceRow::type, "Type as stored"),
    field("start_value", &ServiceRow::start_value, "Start as stored; values over 4 do not start it"),
    field("error_control", &ServiceRow::error_control, "0 ignore, 1 normal, 2 severe, 3 critical"),
    field("is_delayed", &ServiceRow::is_delayed, "Automatic, but after the others"),
    field("image_path", &ServiceRow::image_path,
        "Program or driver as written; drivers without one use "
        "System32\\drivers\\<name>.sys"),
    field("service_dll", &ServiceRow::service_dll, "Library that svchost loads, from Parameters or the key itself"),
    field("service_main", &ServiceRow::service_main, "Function of that library, where not ServiceMain"),
    field("account", &ServiceRow::account, "Account it runs as; for drivers the object name"),
    field("display_name", &ServiceRow::display_name, "Name shown to people; @file,-n is a resource"),
    field("description", &ServiceRow::description, "Description shown to people"),
    field("failure_command", &ServiceRow::failure_command, "Command that runs when the service fails"),
    field("group", &ServiceRow::group, "Load order group"),
    field("has_failure_actions", &ServiceRow::has_failure_actions, "FailureActions is set"),
    field("has_triggers", &ServiceRow::has_triggers, "TriggerInfo is there: events start it, whatever Start says"),
    field("has_security", &ServiceRow::has_security, "A security descriptor of its own is there"),
    field("key_written_at", &ServiceRow::key_written_at,
        "Last write of the service's key, UTC: creation or any later change of its values"),
    field("parameters_written_at", &ServiceRow::parameters_written_at, "Last write of its Parameters key, UTC"));

}
