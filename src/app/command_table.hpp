// The functions behind the commands. Not a framework: command_table.cpp names each of them once.
#pragma once
#include "app/command.hpp"

namespace konseki::app {

ExitCode run_examine(Context& context);
ExitCode run_collect(Context& context);
ExitCode run_events(Context& context);
ExitCode run_findings(Context& context);
ExitCode run_show(Context& context);
ExitCode run_search(Context& context);
ExitCode run_yara(Context& context);
ExitCode run_stats(Context& context);
ExitCode run_query(Context& context);
ExitCode run_timeline(Context& context);
ExitCode run_host(Context& context);
ExitCode run_stack(Context& context);
ExitCode run_fleet_rank(Context& context);
ExitCode run_fleet_compare(Context& context);
ExitCode run_fleet_since(Context& context);
ExitCode run_baseline_make(Context& context);
ExitCode run_baseline_use(Context& context);
ExitCode run_report(Context& context);
ExitCode run_rules_check(Context& context);
ExitCode run_rules_list(Context& context);
ExitCode run_rules_explain(Context& context);
ExitCode run_rules_coverage(Context& context);
ExitCode run_rules_compile(Context& context);
ExitCode run_list(Context& context);
ExitCode run_evidence(Context& context);
ExitCode run_hosts(Context& context);
ExitCode run_processes(Context& context);
ExitCode run_diagnostics(Context& context);
ExitCode run_version(Context& context);
ExitCode run_completion(Context& context);
ExitCode run_man(Context& context);

}
