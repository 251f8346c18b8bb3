"""How well the grown fleet fits the real artefacts it was grown from: the same marginals counted in both cases."""
import random

FIT_QUERIES = {
    "services of a host": "SELECT e.host, count(*) FROM windows_service s JOIN evidence e ON e.number = s.evidence WHERE coalesce(s.is_current, true) AND NOT s.recovered GROUP BY e.host",
    "files in an inventory (Amcache)": "SELECT s.evidence, count(*) FROM windows_amcache_file s GROUP BY 1",
    "entries of a compatibility cache": "SELECT s.evidence, count(*) FROM windows_shimcache s WHERE is_current GROUP BY 1",
}


def quartiles(values):
    ordered = sorted(values)
    return [ordered[len(ordered) * part // 4 if part < 4 else -1] for part in range(5)] if ordered else None


def singleton_share(sets, sample, rounds=50):
    """Share of the distinct names that only one of `sample` sets has, mean over draws."""
    source, total = random.Random(3), 0.0
    chosen_from = sorted(sets)
    sample = min(sample, len(chosen_from))
    if sample < 2:
        return None
    for _ in range(rounds):
        counts = {}
        for name in source.sample(chosen_from, sample):
            for one in sets[name]:
                counts[one] = counts.get(one, 0) + 1
        total += sum(1 for count in counts.values() if count == 1) / len(counts)
    return total / rounds


def sets_of(rows):
    sets = {}
    for group, name in rows:
        sets.setdefault(group, set()).add(name)
    return {group: names for group, names in sets.items() if len(names) >= 30}


NORMAL = ("regexp_replace(regexp_replace(regexp_replace(lower(s.path), '\\\\users\\\\[^\\\\]+', '\\users\\#'), '\\{?[0-9a-f]{8}-[0-9a-f-]{27}\\}?', '#', 'g'), '[0-9]+', '#', 'g')")


def of_case(case, is_base):
    """Marginals of one case. Prefetch sets of the base are told apart by the archive they came in."""
    result = {}
    for name, sql in FIT_QUERIES.items():
        only = [int(count) for _, count in case.rows(sql) if int(count) >= 30]
        result[name] = {"hosts": len(only), "quartiles": quartiles(only)}
    group = "e.parent" if is_base else "e.host"
    prefetch = sets_of(case.rows(f"SELECT {group}, s.executable FROM windows_prefetch_program s JOIN evidence e ON e.number = s.evidence"))
    sizes = [len(names) for names in prefetch.values()]
    result["programs in a prefetch folder"] = {"hosts": len(sizes), "quartiles": quartiles(sizes)}
    amcache = sets_of(case.rows(f"SELECT s.evidence, {NORMAL} FROM windows_amcache_file s"))
    result["singletons among executable names, 16 prefetch folders"] = {"share": None if is_base else singleton_share(prefetch, 16)}
    result["singletons among executable names, as many folders as the base has"] = {"share": singleton_share(prefetch, 3)}
    result["singletons among normalised paths, 4 inventories"] = {"share": singleton_share(amcache, 4)}
    pe = next(case.rows("SELECT avg(CASE WHEN created_at < name_created_at THEN 1.0 ELSE 0 END), avg(CASE WHEN created_at < name_created_at AND "
                        "microsecond(created_at) % 1000000 = 0 THEN 1.0 ELSE 0 END) FROM windows_mft_file WHERE extension IN ('exe', 'dll', 'sys') AND is_in_use"))
    result["programs whose creation lies before their name's"] = {"share": float(pe[0] or 0)}
    result["the same, and without parts of a second"] = {"share": float(pe[1] or 0)}
    return result
