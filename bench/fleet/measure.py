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


class Found:
    """Which items stand on rows of implants: by number on their host, by rank where they are ranked, and by key."""

    def __init__(self):
        self.by_number, self.by_rank, self.by_key = collections.defaultdict(set), collections.defaultdict(set), collections.defaultdict(set)

    def add_ranks(self, case):
        if self.by_number:
            for host, rank, number in case.rows("SELECT host, rank, number FROM host_item"):
                implants = self.by_number.get((host.lower(), int(number)))
                if implants:
                    self.by_rank[(host.lower(), int(rank))] |= implants


def labelled_items(case, labels):
    """An item is of an implant when one of its traces is a row of that implant."""
    found, keys = Found(), {}
    for table in ("host_state", "host_state_trace"):
        for host, number, evidence, offset in case.rows(f'SELECT host, number, evidence, "offset" FROM {table}'):
            implant = labels.rows.get((int(evidence), int(offset)))
            if implant:
                found.by_number[(host.lower(), int(number))].add(implant)
    if found.by_number:
        for host, number, key in case.rows("SELECT host, number, key FROM host_state"):
            implants = found.by_number.get((host.lower(), int(number)))
            if implants:
                found.by_key[key] |= implants
    found.add_ranks(case)
    return found


class Entry:
    """One thing of the fleet: the items of all hosts with one key."""

    def __init__(self, key, kind, hosts, score, plain, vouched):
        self.key, self.kind, self.hosts, self.score, self.plain, self.vouched = key, kind, int(hosts), float(score), float(plain), vouched == "true"
        self.implants, self.title = set(), ""


def entries_of(case, found):
    """Everything of the fleet, once. What is below a host's heaviest items has no score: it comes last."""
    vouched = " OR ".join(f"contains(coalesce(features, ''), '{name}')" for name in VOUCHED)
    sql = ("WITH t AS (SELECT host, rank, sum(weight) AS rare FROM host_item_term WHERE family = 'prevalence' GROUP BY host, rank), "
           "r AS (SELECT i.key, max(i.score) AS score, max(i.score - coalesce(t.rare, 0)) AS plain FROM host_item i LEFT JOIN t ON t.host = i.host AND t.rank = i.rank GROUP BY i.key), "
           f"s AS (SELECT key, min(kind) AS kind, count(DISTINCT host) AS hosts, bool_or({vouched}) AS vouched FROM host_state GROUP BY key) "
           "SELECT s.key, s.kind, s.hosts, coalesce(r.score, -1000), coalesce(r.plain, -1000), s.vouched FROM s LEFT JOIN r ON r.key = s.key ORDER BY s.key")
    entries = []
    for values in case.rows(sql):
        entry = Entry(*values)
        entry.implants = found.by_key.get(entry.key, set())
        entries.append(entry)
    return entries


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


def campaign_metrics(case, found, names):
    """The list of things that few hosts share: each stands at the first trace of an item."""
    if "fleet_campaign" not in case.tables:
        return None
    numbers = collections.defaultdict(set)
    ordered = []
    for rank, host, number in case.rows('SELECT DISTINCT c.rank, s.host, s.number FROM fleet_campaign c JOIN host_state s ON s.evidence = c.evidence AND s."offset" = c."offset" ORDER BY c.rank'):
        numbers[int(rank)] |= found.by_number.get((host.lower(), int(number)), set())
    for rank in sorted(numbers):
        entry = Entry("", "", 0, 0, 0, "")
        entry.implants = numbers[rank]
        ordered.append(entry)
    metrics, places = list_metrics(ordered, names)
    return metrics | {"campaigns": len(ordered), "places": places}


def lead_metrics(case, found, names):
    """The program's own list of the fleet: each story once. An implant is found where one of its items is of the story."""
    if "fleet_lead" not in case.tables:
        return None, {}, []
    by_story = collections.defaultdict(set)
    for host, rank, story in case.rows("SELECT host, rank, story FROM host_item"):
        by_story[story] |= found.by_rank.get((host.lower(), int(rank)), set())
    ordered = []
    for story, title, hosts, score in case.rows("SELECT story, title, hosts, score FROM fleet_lead ORDER BY rank"):
        entry = Entry(story, "", hosts, score, 0, "")
        entry.title, entry.implants = title, by_story[story]
        ordered.append(entry)
    metrics, places = list_metrics(ordered, names)
    return metrics | {"leads": len(ordered)}, places, ordered


def host_metrics(case, labels, found):
    """Over the hosts that have implants: the analyst reads one host's list from the top."""
    by_host = collections.defaultdict(list)
    for (host, rank), implants in found.by_rank.items():
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
    """Stories with an item over the alarm threshold per host, on hosts without an implant: as many findings."""
    counts = {host.lower(): int(count) for host, count in case.rows(
        f"SELECT host, count(DISTINCT story) FILTER (WHERE score >= {ALARM}) FROM host_item WHERE host IS NOT NULL AND host <> '' GROUP BY host")}
    clean = [count for host, count in sorted(counts.items()) if host not in labels.infected()]
    if not clean:
        return None
    return {"hosts": len(clean), "mean": mean(clean), "interval": interval(clean), "none": mean([1.0 if count == 0 else 0.0 for count in clean]), "most": max(clean)}


def commonest_alarms(case, labels):
    """What the false alarms are: kinds and features that lift them."""
    infected = labels.infected()
    kinds = collections.Counter()
    for host, key in case.rows(f"SELECT DISTINCT host, story FROM host_item WHERE score >= {ALARM}"):
        if host.lower() not in infected:
            kinds[key] += 1
    return [{"key": key, "hosts": count} for key, count in kinds.most_common(15)]


def techniques(labels, found, places, entries):
    """Per implant: where it stands in the fleet's list, and how many of its hosts show it at all."""
    rows = []
    for name, hosts in sorted(labels.implants.items()):
        shown = {host for (host, _), implants in (found.by_number or found.by_rank).items() if name in implants}
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
    result["rankings"]["counting"] = averaged(entries, names, lambda entry: entry.hosts)
    unsigned = [entry for entry in entries if entry.kind in STARTS and not entry.vouched]
    result["rankings"]["unsigned counting"] = averaged(unsigned, names, lambda entry: entry.hosts)
    result["rankings"]["rules only"], _ = list_metrics(sorted(entries, key=lambda entry: (-entry.plain, entry.key)), names)
    own = sorted(entries, key=lambda entry: (-entry.score, entry.key))
    result["rankings"]["single items"], _ = list_metrics(own, names)
    result["rankings"]["full"], places, leads = lead_metrics(case, found, names)
    result["campaigns"] = campaign_metrics(case, found, names)
    result["techniques"] = techniques(labels, found, places, entries)
    result["per_host"] = host_metrics(case, labels, found)
    result["above_implants"] = [{"place": place, "key": entry.key, "title": entry.title, "score": round(entry.score, 2), "hosts": entry.hosts, "implants": sorted(entry.implants)}
                                for place, entry in enumerate(leads[:40], 1)]
    return result


if __name__ == "__main__":
    import sys
    print(json.dumps(measure(*sys.argv[1:4]), indent=1))
