"""docs/evaluation.md from the JSON results: every figure comes from a file of `bench/results/fleet`."""
import collections
import json
import pathlib

from measure import ALARM, KS, interval, mean

RANKINGS = ("full", "single items", "rules only", "unsigned counting", "counting")
READ_SETS = {"held": "The second set", "held3": "The third set", "held4": "The fourth set"}


def load(results):
    found = {}
    for path in sorted(pathlib.Path(results).glob("*.json")):
        found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return found


def number(value, digits=2):
    return "–" if value is None else f"{value:.{digits}f}"


def with_interval(values, digits=2):
    """Mean and 95 % bootstrap interval over what was pooled."""
    if not values:
        return "–"
    if len(values) < 2:
        return number(mean(values), digits)
    low, high = interval(values)
    return f"{mean(values):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]


def of_part(all_results, part):
    return [result for name, result in all_results.items() if name.startswith(part + "-") and "fleet" in result]


def prevalence_name(result):
    return f"{round(result['fleet']['prevalence'] * 100)} %"


def found_table(fleets):
    """Pooled over the fleets of one prevalence: intervals over implants (recall) and fleets (the rest)."""
    rows = []
    groups = collections.OrderedDict()
    for result in sorted(fleets, key=lambda one: one["fleet"]["prevalence"]):
        groups.setdefault(prevalence_name(result), []).append(result)
    for prevalence, group in groups.items():
        full = [one["rankings"]["full"] for one in group]
        places = [row["place"] for one in group for row in one["techniques"]]
        cells = [prevalence, len(group), len(places)]
        for k in KS:
            cells.append(with_interval([1.0 if place is not None and place <= k else 0.0 for place in places]))
        for k in KS:
            cells.append(number(mean([one[f"precision@{k}"] for one in full])))
        cells.append(number(mean([1.0 if one["reciprocal_rank"] >= 1 / 25 else 0.0 for one in full])))
        cells += [number(mean([one["reciprocal_rank"] for one in full])), number(mean([one["above_first"] for one in full]), 1), number(mean([one["average_precision"] for one in full]))]
        rows.append(cells)
    head = ["share of hosts with each implant", "fleets", "implants"] + [f"recall@{k}" for k in KS] + [f"precision@{k}" for k in KS] + ["fleets with any implant in the first 25", "MRR", "items above the first", "average precision"]
    return table(head, rows)


def campaign_table(fleets):
    rows = []
    groups = collections.OrderedDict()
    for result in sorted(fleets, key=lambda one: one["fleet"]["prevalence"]):
        if result.get("campaigns"):
            groups.setdefault(prevalence_name(result), []).append(result)
    for prevalence, group in groups.items():
        some = [one["campaigns"] for one in group]
        rows.append([prevalence, number(mean([one["campaigns"] for one in some]), 0)] + [number(mean([one[f"recall@{k}"] for one in some])) for k in KS] +
                    [number(mean([one["precision@10"] for one in some])), number(mean([one["precision@25"] for one in some]))])
    return table(["share", "campaigns listed"] + [f"recall@{k}" for k in KS] + ["precision@10", "precision@25"], rows)


def ablation_table(fleets):
    rows = []
    groups = collections.OrderedDict()
    for result in sorted(fleets, key=lambda one: one["fleet"]["prevalence"]):
        groups.setdefault(prevalence_name(result), []).append(result)
    for prevalence, group in groups.items():
        for ranking in RANKINGS:
            some = [one["rankings"][ranking] for one in group]
            rows.append([prevalence, ranking] + [number(mean([one[f"recall@{k}"] for one in some])) for k in KS] +
                        [number(mean([one["reciprocal_rank"] for one in some])), number(mean([one["above_first"] for one in some]), 1), number(mean([one["average_precision"] for one in some]))])
    return table(["share", "ranking"] + [f"recall@{k}" for k in KS] + ["MRR", "items above the first", "average precision"], rows)


def host_table(fleets):
    rows = []
    groups = collections.OrderedDict()
    for result in sorted(fleets, key=lambda one: one["fleet"]["prevalence"]):
        groups.setdefault(prevalence_name(result), []).append(result)
    for prevalence, group in groups.items():
        some = [one["per_host"] for one in group if one.get("per_host")]
        hosts = sum(one["hosts"] for one in some)

        def pooled(name):
            low = sum(one[name]["interval"][0] * one["hosts"] for one in some) / hosts
            high = sum(one[name]["interval"][1] * one["hosts"] for one in some) / hosts
            return f"{sum(one[name]['mean'] * one['hosts'] for one in some) / hosts:.2f} ({low:.2f}–{high:.2f})"

        rows.append([prevalence, hosts] + [pooled(f"recall@{k}") for k in KS] + [pooled("precision@10"), pooled("reciprocal_rank"),
                                                                               number(mean([one["above_first"]["median"] for one in some]), 1)])
    return table(["share", "hosts with implants"] + [f"recall@{k}" for k in KS] + ["precision@10", "MRR", "items above the first (median)"], rows)


def technique_table(fleets):
    by_name = {}
    for result in fleets:
        for row in result["techniques"]:
            by_name.setdefault((row["implant"], row["attack"]), []).append((result["fleet"]["prevalence"], row))
    rows = []
    for (name, attack), found in sorted(by_name.items(), key=lambda one: (-mean([1.0 if row["place"] and row["place"] <= 25 else 0.0 for _, row in one[1]]), one[0])):
        low = [row for prevalence, row in found if prevalence <= 0.10]
        high = [row for prevalence, row in found if prevalence > 0.10]

        def share(some, k):
            return number(mean([1.0 if row["place"] and row["place"] <= k else 0.0 for row in some]))

        places = sorted(row["place"] for row in low if row["place"])
        seen = sum(row["hosts_with_item"] for _, row in found) / sum(row["hosts"] for _, row in found)
        rows.append([name, attack, len(low), share(low, 25), share(low, 100), places[len(places) // 2] if places else "–", share(high, 25), number(seen)])
    return table(["implant", "ATT&CK", "fleets with 1–10 %", "recall@25", "recall@100", "median place", "recall@25 at 90 %", "share of its hosts that show it at all"], rows)


def alarm_table(fleets):
    rows = [[one["name"], one["fleet"]["hosts"], one["alarms"]["hosts"], f"{one['alarms']['mean']:.2f} ({one['alarms']['interval'][0]:.2f}–{one['alarms']['interval'][1]:.2f})",
             number(one["alarms"]["none"]), one["alarms"]["most"]] for one in fleets if one.get("alarms")]
    return table(["fleet", "hosts", "clean hosts", f"stories from {ALARM} up per clean host", "share of hosts without any", "most on one host"], rows)


def size_table(fleets):
    groups = collections.OrderedDict()
    for result in sorted(fleets, key=lambda one: one["fleet"]["hosts"]):
        groups.setdefault(result["fleet"]["hosts"], []).append(result)
    rows = []
    for hosts, group in groups.items():
        places = [row["place"] for one in group for row in one["techniques"]]
        rows.append([hosts, len(group)] + [with_interval([1.0 if place is not None and place <= k else 0.0 for place in places]) for k in KS] +
                    [number(mean([one["alarms"]["mean"] for one in group if one["alarms"]])), f"{round(mean([one['rows'] for one in group])):,}",
                     number(mean([one["cost"]["cpu_s"] for one in group]), 1), number(mean([one["cost"]["wall_s"] for one in group]), 1),
                     number(mean([one["cost"]["memory_kb"] for one in group]) / 1e6)])
    return table(["hosts", "fleets"] + [f"recall@{k}" for k in KS] + ["alarms per clean host", "rows", "CPU s", "wall s", "memory GB"], rows)


def completeness_table(fleets):
    """Where an implant of a fleet is not found, whether its hosts show it at all."""
    missed = [(row, one) for one in fleets for row in one["techniques"] if one["fleet"]["prevalence"] <= 0.10 and not (row["place"] and row["place"] <= 25)]
    unseen = sum(1 for row, _ in missed if row["hosts_with_item"] == 0)
    return len(missed), unseen


def fit_table(base, fleet):
    rows = []
    for name, marginal in base.items():
        grown = fleet.get(name, {})
        if "share" in marginal:
            rows.append([name, number(marginal["share"]), number(grown.get("share"))])
        else:
            rows.append([name, " ".join(str(one) for one in marginal["quartiles"] or []), " ".join(str(one) for one in grown.get("quartiles") or [])])
    return table(["marginal", "real artefacts", "grown fleet"], rows)


def museum_lines(museum):
    rows = []
    for host, result in museum.items():
        for what, found in result["planted"].items():
            rows.append([host, what, found["rank"] if found else "not an item", found["score"] if found else "–", result["items"], result["alarms_not_planted"]])
    return table(["host", "planted", "rank on its host", "score", "items of the case", f"other items from {ALARM} up"], rows)


def top_lines(fleets):
    """What stands above the implants, in the first fleet of each prevalence."""
    counts = collections.Counter()
    for one in fleets:
        for entry in one.get("above_implants", [])[:25]:
            if not entry["implants"]:
                counts[shape_of(entry["key"])] += 1
    return table(["thing among the first 25 that is no implant", "times"], [[f"`{key}`".replace("|", "¦"), count] for key, count in counts.most_common(12)])


def shape_of(key):
    return key if len(key) <= 110 else key[:107] + "…"


def linux_lines(plans):
    """Fleets of Debian roots: how each did, then where each implant stood."""
    rows = []
    for one in plans:
        full, per_host = one["rankings"]["full"], one.get("per_host") or {}
        rows.append([one["fleet"]["seed"], one["fleet"]["hosts"], number(one["fleet"].get("moved", 0), 1), f"{one['entries']:,}", *(number(full[f"recall@{k}"]) for k in KS), number(full["precision@25"]),
                     number(one["alarms"] and one["alarms"]["mean"]), number(per_host and per_host["recall@10"]["mean"]), number(per_host and per_host["reciprocal_rank"]["mean"])])
    lines = table(["plan", "hosts", "share of implants moved", "different items"] + [f"recall@{k}" for k in KS] + ["precision@25", "alarms per clean host", "recall@10 on infected hosts", "MRR there"], rows)
    lines += table(["plan", *RANKINGS], [[one["fleet"]["seed"], *(number(one["rankings"][name]["recall@25"]) for name in RANKINGS)] for one in plans])
    lines += ["The second table is recall@25 of the fleet's list against simpler ones.", ""]
    by_name = {}
    for one in plans:
        for row in one["techniques"]:
            by_name.setdefault(row["implant"], []).append(row)
    rows = [[name, ", ".join(str(row["hosts"]) for row in found), ", ".join(str(row["place"] or "–") for row in found), ", ".join(number(row.get("host_rank"), 0) for row in found),
             f"{sum(row['hosts_with_item'] for row in found)} of {sum(row['hosts'] for row in found)}"] for name, found in sorted(by_name.items())]
    return lines + table(["implant", "hosts, by plan", "place in the fleet's list", "median rank on its host", "hosts that show it"], rows)


HEAD = """# Evaluation of the ranking
Written by `bench/fleet/run` from `bench/results/fleet/*.json`; no figure here is typed by hand. What is real, what is grown and what the ranking sees: `bench/fleet/README.md`.

**How to read it.** An analyst reads a list from the top. For a *fleet*, the list is `konseki fleet rank --leads`: each story once, a story being what starts from one folder of its own, a
pair of program and library wherever it lies, or a file, on all hosts. An implant is found at k when one of the first k holds an item that stands on a row of it. For a *host*, the list is
that host's. Recall intervals are 95 % bootstrap intervals over implants, those of hosts over hosts. *Alarms* are stories of a host with an item from 5.5 up: as many findings are written.
*Full* is the program's list; *single items* orders things by their key without stories; *rules only* is that without what prevalence over hosts adds; *counting* orders by the number of
hosts, fewest first; *unsigned counting* does so among things that start by themselves and for which neither a signature nor Windows vouches (as Kansa does). All see the same rows. Ties
of counting are drawn twenty times.

**Honesty.** The recipes of implants that these figures are about were kept apart from those that may be looked at while the ranking is built (`implants_held.txt` and `implants.txt`), with
other seeds. They are the fifth set (`implants_held5.txt`), written on 2026-11-24 after published tradecraft by somebody who had read the specification and the
generator, but neither the analysers nor figures; reports were cited from memory. The second, third and fourth set (`held`, `held3`, `held4`) have been read since they were published and
may be looked at. It is the second measurement with the fifth set. After the first one (commit 3806c6f: recall@25 0.47, 0.53 and 0.57 at 1, 3 and 10 %) the ranking was changed by
looking at the other four sets alone, and copied products of the decoys got the files that they really have, which by itself changed no recall@25 of those sets; one line of the fifth set's
recipes was seen by accident in a search. The Windows fleet is grown, not collected: its noise is that of three real machines, real inventories and our idea of a company, and real companies are stranger.
"""


WHY = """### Where recall is low, and why
The goal is a recall@25 of 0.9 over the *fleet*. Among the first 25 of the *host* that has the implant (the table of hosts above) it is far better than in the list over 500 hosts: there, an
implant competes with the oddest things of all of them.
- **Harmless oddities** take places before them (the table below). What differs in one word only, and what came to the same hosts together, is told once (`alike` of `fleet.lead`; an
  implant that is told under something harmless counts as not found), and what came over years goes down. Left are a dozen things that are as odd as implants, and that an analyst would
  ask about: services out of `\\windows\\temp`, drivers of tools with a known weakness, an RDP wrapper, a kiosk, tools of administrators, collectors of the company's own. How much hangs on
  them shows "By the number of harmless oddities".
- **Quiet implants**: one reason and nothing that contradicts it. A shortcut or a script among a user's own files, a task that starts PowerShell with a script in a usual folder, an event
  filter of WMI on one server, a tool under a maker's name.
- **No row, no item**: a library that takes the place of Windows' own in a folder that is not judged, a page of script among those of an application: they are not in a place where things
  start, and nobody read the file. Collecting the file itself (YARA, signatures) finds them, the state of a host does not.
- **Implants on most hosts** (90 %) are common by definition. A baseline (`konseki baseline make`) turns that around."""


def set_lines(title, fleets):
    """What was found of one set of implants."""
    hosts = sorted({one["fleet"]["hosts"] for one in fleets})
    lines = [f"## {title}, {', '.join(str(one) for one in hosts)} hosts", ""] + found_table(fleets)
    lines += ["### The list of campaigns", "", "`fleet.campaign`: things of weight that several hosts share; an implant on one host, or under another name on each, cannot be in it.", ""] + campaign_table(fleets)
    lines += ["### Against plain counting", ""] + ablation_table(fleets)
    lines += ["### On the hosts that have implants", ""] + host_table(fleets)
    lines += ["### By technique", ""] + technique_table(fleets)
    missed, unseen = completeness_table(fleets)
    return lines + [f"At 1–10 %, {missed} implants are not among the first 25; {unseen} of them because no row of theirs became an item on any of their hosts.", ""]


QUICK = ["**A quick run**, to see that it works and how: fleets of 50 hosts, five hosts and six Debian roots, few of each. Its figures are not the published ones: the fleets are small,", "and so the intervals wide.", ""]


def written(results, is_quick=False):
    found = load(results)
    held, dev, negative = of_part(found, "held"), of_part(found, "dev"), of_part(found, "negative")
    sizes = of_part(found, "size")
    plans = [one for name, one in found.items() if name.startswith("linux-")]
    read = of_part(found, "read")
    programs = sorted({one["program"] for one in held + negative + sizes + plans if "program" in one})
    head = (HEAD.replace("`bench/results/fleet/*.json`", "the JSON files below `results`") if is_quick else HEAD).splitlines()
    lines = head[:1] + (QUICK if is_quick else []) + head[1:] + ["", f"Measured: commit {'; '.join(programs)}.", ""]
    if held:
        lines += set_lines("Held-out techniques", held)
        lines += WHY.splitlines() + [""]
        lines += ["### What stands above the implants", ""] + top_lines([one for one in held if one["fleet"]["prevalence"] <= 0.10])
    if negative or held:
        lines += ["## False alarms on clean hosts", "", "Fleets without any implant, then the clean hosts of the others.", ""] + alarm_table(negative + [one for one in held if one["fleet"]["prevalence"] < 0.5])
    if negative:
        lines += ["Commonest of them in the fleets without implants:", ""]
        lines += table(["thing", "hosts"], [[f"`{shape_of(entry['key'])}`".replace("|", "¦"), entry["hosts"]] for entry in negative[0]["commonest_alarms"]])
    if sizes:
        group = sizes + [one for one in held if prevalence_name(one) == "3 %"]
        lines += ["## By size of the fleet", "", "Each implant on 3 % of the hosts, at least one. CPU time, wall time and memory are those of `konseki examine` over a filled case: gathering, "
                  "ranking and writing of all analysers.", ""] + size_table(group)
    decoys = of_part(found, "decoys")
    if decoys:
        group = sorted(decoys + [one for one in held if prevalence_name(one) == "3 %" and one["fleet"]["seed"] == decoys[0]["fleet"]["seed"]], key=lambda one: one["fleet"].get("decoys", 1))
        rows = [[f"{one['fleet'].get('decoys', 1):g}"] + [number(one["rankings"]["full"][f"recall@{k}"]) for k in KS] + [number(one["rankings"]["full"]["average_precision"]), number(one["alarms"] and one["alarms"]["mean"])] for one in group]
        lines += ["## By the number of harmless oddities", "", "One fleet (3 %), its decoys as often as `decoys.txt` says, and more or less often: how much the figures hang on our idea of a "
                  "company.", ""] + table(["decoys", *(f"recall@{k}" for k in KS), "average precision", "alarms per clean host"], rows)
    if dev:
        lines += ["## Techniques that may be looked at", ""] + found_table(dev) + technique_table(dev)
    for chosen, title in READ_SETS.items():
        if fleets := [one for one in read if one["fleet"]["set"] == chosen]:
            lines += [f"## {title}, which has been read", ""] + found_table(fleets) + technique_table(fleets)
    if "museum" in found:
        lines += ["## Real hosts", "", "Hosts of the museum and of regipy's samples, each examined alone with SigmaHQ's rules where there are logs: too few for statistics.", ""] + museum_lines(found["museum"])
    if plans:
        lines += ["## Linux: real Debian roots", "", "Roots of Debian 12 with different packages and settings, implants of our own making after PANIX' features, collected with `konseki collect --root`.",
                  "The first plan was looked at while the reasons of Linux were weighed; in the others hosts, settings and places are drawn anew, and the programs of some implants are moved",
                  "to where administrators put theirs (`/usr/local`, `/opt`). The recipes are the same.", ""] + linux_lines(plans)
    if "base-fit" in found:
        grown = next((one["fit"] for one in negative + held if "fit" in one), {})
        lines += ["## Fit of the grown fleet", "", "Quartiles (least, 25 %, median, 75 %, most) and shares, counted alike in both cases. The specification's sixteen prefetch sets had 62 % of "
                  "names on one host only, its six Amcaches 66 % of normalised paths.", ""] + fit_table(found["base-fit"], grown)
    return "\n".join(lines).rstrip() + "\n"
