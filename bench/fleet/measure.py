"""Measures one ranked fleet against its labels: what is found among the first k, what stands above it, what is a false alarm, and how plain
counting would have done on the same rows. Python 3 standard library only; the case is read through `konseki query`.
"""
import collections
import csv
import io
import json
import random
import subprocess

KS = (10, 25, 50, 100)
ALARM = 5.5  # from which score host_state writes a finding
SHUFFLES = 20  # plain counting has thousands of ties: their order is drawn so often, and the mean is told
STARTS = ("autostart", "service", "task", "wmi")
# Terms by which a signature or Windows itself vouches for an item: what `Publisher not like '(Verified)%'` leaves out.
VOUCHED = ("identity.signed", "identity.windows", "path.system", "location.usual_content", "location.known_benign", "location.windows_folder")


class Case:
    def __init__(self, program, folder):
        self.program, self.folder = str(program), str(folder)
        self.tables = {name for (name,) in self.rows("SELECT table_name FROM duckdb_tables()")}

    def rows(self, sql):
        process = subprocess.Popen([self.program, "query", "--quiet", "--case", self.folder, "--format", "csv", sql], stdout=subprocess.PIPE)
        reader = csv.reader(io.TextIOWrapper(process.stdout, encoding="utf-8", errors="surrogateescape", newline=""))
        next(reader, None)
        yield from reader
        if process.wait() != 0:
            raise RuntimeError(f"konseki query ended with {process.returncode}: {sql[:200]}")


class Labels:
    def __init__(self, path):
        self.fleet, self.hosts, self.implants, self.rows = {}, {}, collections.defaultdict(set), {}
        self.attack = {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                if one["kind"] == "fleet":
                    self.fleet = one
                elif one["kind"] == "host":
                    self.hosts[one["host"].lower()] = one["role"]
                elif one["kind"] == "implant":
                    self.implants[one["implant"]].add(one["host"].lower())
                    self.attack[one["implant"]] = one["attack"]
                else:
                    self.rows[(one["evidence"], one["offset"])] = one["implant"]

    def infected(self):
        return set().union(*self.implants.values()) if self.implants else set()


def interval(values, statistic=lambda sample: sum(sample) / len(sample), rounds=1000):
    """95 % bootstrap interval: (low, high)."""
    if not values:
        return None
    source = random.Random(20261123)
    drawn = sorted(statistic([values[source.randrange(len(values))] for _ in values]) for _ in range(rounds))
    return [drawn[int(rounds * 0.025)], drawn[int(rounds * 0.975) - 1]]


def mean(values):
    return sum(values) / len(values) if values else None


def labelled_items(case, labels):
    """(host, rank) -> names of the implants whose rows the item stands on."""
    found = collections.defaultdict(set)
    for host, rank, evidence, offset in case.rows('SELECT host, rank, evidence, "offset" FROM host_item_trace'):
        implant = labels.rows.get((int(evidence), int(offset)))
        if implant:
            found[(host.lower(), int(rank))].add(implant)
    return found


class Entry:
    """One thing of the fleet: the items of all hosts with one key."""

    def __init__(self, key, kind, hosts, score, plain, vouched):
        self.key, self.kind, self.hosts, self.score, self.plain, self.vouched = key, kind, int(hosts), float(score), float(plain), vouched == "true"
        self.implants = set()


def entries_of(case, found):
    prevalence = prevalence_terms(case)
    vouched = ", ".join(f"'{name}'" for name in VOUCHED)
    sql = (f"WITH t AS (SELECT host, rank, bool_or(feature IN ({vouched})) AS vouched, sum(CASE WHEN {prevalence} THEN weight ELSE 0 END) AS rare FROM host_item_term GROUP BY host, rank) "
           "SELECT i.key, i.kind, count(DISTINCT i.host), max(i.score), max(i.score - coalesce(t.rare, 0)), bool_or(coalesce(t.vouched, false)) "
           "FROM host_item i LEFT JOIN t ON t.host = i.host AND t.rank = i.rank GROUP BY i.key, i.kind ORDER BY i.key, i.kind")
    entries = {row[0]: Entry(*row) for row in case.rows(sql)}
    hosts = sorted({host for host, _ in found})
    if hosts:
        for host, rank, key in case.rows("SELECT host, rank, key FROM host_item"):
            implants = found.get((host.lower(), int(rank)))
            if implants:
                entries[key].implants |= implants
    return list(entries.values())


def prevalence_terms(case):
    """SQL that is true for the terms that prevalence over hosts gives."""
    return "family = 'prevalence'"


def list_metrics(ordered, implants):
    """Of one order of entries: which implants stand among the first k, how many of the first k are of implants, and what stands above the first."""
    first_place, relevant, precision_sum = {}, 0, 0.0
    for place, entry in enumerate(ordered, 1):
        if not entry.implants:
            continue
        relevant += 1
        precision_sum += relevant / place
        for implant in entry.implants:
            first_place.setdefault(implant, place)
    result = {f"recall@{k}": mean([1.0 if first_place.get(name, k + 1) <= k else 0.0 for name in implants]) for k in KS}
    result |= {f"precision@{k}": sum(1 for entry in ordered[:k] if entry.implants) / k for k in KS}
    best = min(first_place.values(), default=None)
    result["reciprocal_rank"] = 1 / best if best else 0.0
    result["above_first"] = best - 1 if best else len(ordered)
    result["average_precision"] = precision_sum / relevant if relevant else 0.0
    return result, first_place


def averaged(entries, implants, sort_key):
    """Ties are in no order: mean over shuffles."""
    source, sums = random.Random(7), collections.Counter()
    for _ in range(SHUFFLES):
        shuffled = entries[:]
        source.shuffle(shuffled)
        shuffled.sort(key=sort_key)
        metrics, _ = list_metrics(shuffled, implants)
        sums.update(metrics)
    return {name: value / SHUFFLES for name, value in sums.items()}


def fleet_order(case, entries):
    """The program's own list over the fleet, best first; None where the case has none."""
    if "fleet_item" not in case.tables:
        return None
    by_key = {entry.key: entry for entry in entries}
    order = [by_key[key] for (key,) in case.rows("SELECT key FROM fleet_item ORDER BY rank") if key in by_key]
    return order


def host_metrics(case, labels, found):
    """Over the hosts that have implants: the analyst reads one host's list from the top."""
    by_host = collections.defaultdict(list)
    for (host, rank), implants in found.items():
        by_host[host].append((rank, implants))
    per_host = []
    for host in sorted(labels.infected()):
        ranks = sorted(by_host[host])
        place = {}
        for rank, implants in ranks:
            for implant in implants:
                place.setdefault(implant, rank)
        wanted = [name for name, hosts in labels.implants.items() if host in hosts]
        one = {f"recall@{k}": mean([1.0 if place.get(name, k + 1) <= k else 0.0 for name in wanted]) for k in KS}
        one |= {f"precision@{k}": sum(1 for rank, _ in ranks if rank <= k) / k for k in KS}
        one["reciprocal_rank"] = 1 / ranks[0][0] if ranks else 0.0
        one["above_first"] = ranks[0][0] - 1 if ranks else None
        per_host.append(one)
    if not per_host:
        return None
    result = {"hosts": len(per_host)}
    for name in per_host[0]:
        values = [one[name] for one in per_host if one[name] is not None]
        result[name] = {"mean": mean(values), "interval": interval(values)}
    seen = [one["above_first"] for one in per_host if one["above_first"] is not None]
    result["above_first"]["median"] = sorted(seen)[len(seen) // 2] if seen else None
    return result


def alarms(case, labels):
    """Items over the alarm threshold per host, on hosts without an implant."""
    counts = {host.lower(): int(count) for host, count in case.rows(
        f"SELECT host, count(*) FILTER (WHERE score >= {ALARM}) FROM host_item WHERE host IS NOT NULL AND host <> '' GROUP BY host")}
    clean = [count for host, count in sorted(counts.items()) if host not in labels.infected()]
    if not clean:
        return None
    return {"hosts": len(clean), "mean": mean(clean), "interval": interval(clean), "none": mean([1.0 if count == 0 else 0.0 for count in clean]), "most": max(clean)}


def commonest_alarms(case, labels):
    """What the false alarms are: kinds and features that lift them."""
    infected = labels.infected()
    kinds = collections.Counter()
    for host, key in case.rows(f"SELECT host, key FROM host_item WHERE score >= {ALARM}"):
        if host.lower() not in infected:
            kinds[key] += 1
    return [{"key": key, "hosts": count} for key, count in kinds.most_common(15)]


def techniques(labels, found, places, entries):
    """Per implant: where it stands in the fleet's list, and how many of its hosts show it at all."""
    rows = []
    for name, hosts in sorted(labels.implants.items()):
        shown = {host for (host, _), implants in found.items() if name in implants}
        rows.append({"implant": name, "attack": labels.attack[name], "hosts": len(hosts), "hosts_with_item": len(shown), "place": places.get(name)})
    return rows


def measure(program, folder, labels_path):
    case, labels = Case(program, folder), Labels(labels_path)
    return measured(case, labels, labelled_items(case, labels))


def measured(case, labels, found):
    entries = entries_of(case, found)
    names = sorted(labels.implants)
    result = {"fleet": labels.fleet, "implants": len(names), "entries": len(entries), "rankings": {}, "alarms": alarms(case, labels),
              "commonest_alarms": commonest_alarms(case, labels)}
    result["singleton_share"] = sum(1 for entry in entries if entry.hosts == 1) / max(1, len(entries))
    if not names:
        return result
    own = fleet_order(case, entries)
    plain = sorted(entries, key=lambda entry: (-entry.plain, entry.key))
    result["rankings"]["counting"] = averaged(entries, names, lambda entry: entry.hosts)
    unsigned = [entry for entry in entries if entry.kind in STARTS and not entry.vouched]
    result["rankings"]["unsigned counting"] = averaged(unsigned, names, lambda entry: entry.hosts)
    result["rankings"]["rules only"], places = list_metrics(plain, names)
    result["rankings"]["rules only"]["found_at_25"] = [1 if places.get(name, 26) <= 25 else 0 for name in names]
    if own is None:
        own = sorted(entries, key=lambda entry: (-entry.score, entry.key))
        result["own_list"] = "host.item, best of each key"
    else:
        result["own_list"] = "fleet.item"
    result["rankings"]["full"], places = list_metrics(own, names)
    result["rankings"]["full"]["found_at_25"] = [1 if places.get(name, 26) <= 25 else 0 for name in names]
    result["techniques"] = techniques(labels, found, places, entries)
    result["per_host"] = host_metrics(case, labels, found)
    result["above_implants"] = [{"place": place, "key": entry.key, "score": round(entry.score, 2), "hosts": entry.hosts, "implants": sorted(entry.implants)}
                                for place, entry in enumerate(own[:40], 1)]
    return result


if __name__ == "__main__":
    import sys
    print(json.dumps(measure(*sys.argv[1:4]), indent=1))
