#!/usr/bin/env python3
"""Whole messages: how often is the event that a careful secretary would write down the one that comes out?

    python3 score_messages.py [--failures N] [--floor WHAT=PERCENT ...] FILE.jsonl ... -- PARSER [ARGUMENT ...]

PARSER is started once for each file. It reads one JSON object a line ({"id","text","now","tz","locale"}) and
answers one line each, as `migue understand` and the `understand_driver` beside these tests do.

Figures, per language and over all (percent of the messages that hold an event, unless said otherwise):

  start    the right start, or a question that was due (with no start or one of the right ones beside it)
  event    title, start, end, all day, guests, place and repeat are all right
  silent   silently wrong: a start, no question, and it is none of the acceptable ones or a question was due
  unread   no question and no start where there was one to read: the dialogue says that it did not understand
  and one column a field: title end guests place rrule
  stray    of the messages that hold no event: those to which a start is given

--floor start=90 ends with status 1 when a language is below it (above it, for silent and stray).
"""
import argparse
import json
import re
import subprocess
import sys
import unicodedata
from collections import defaultdict
from datetime import datetime

# Names that say the same: the files name a question as the person would, we by its cause.
SAME_QUESTION = {"part_of_day": {"missing_time", "ambiguous_hour"}, "clock_change": {"impossible", "ambiguous_hour"}}
FIELDS = ("title", "end", "guests", "place", "rrule")


def plain(text):
    """Without case, accents, quotes, doubled blanks and final punctuation."""
    text = unicodedata.normalize("NFD", text or "")
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    text = re.sub(r"[\"'“”‘’«»]", "", text)
    return re.sub(r"\s+", " ", text).strip(" .,;:!?-")


def moment(value):
    """Something that is equal for equal instants; a bare date stays itself."""
    if value is None or len(value) == 10:
        return value
    return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


def among(value, accepted):
    return moment(value) in [moment(one) for one in accepted]


def rule_parts(rule):
    if not rule:
        return None
    parts = set()
    for part in rule.replace("RRULE:", "").split(";"):
        name, _, value = part.partition("=")
        if name == "UNTIL":
            value = value[:8]
        elif name.startswith("BY"):
            value = ",".join(sorted(value.split(",")))
        if (name, value) != ("INTERVAL", "1") and name != "WKST":
            parts.add((name, value))
    return parts


def same_rule(got, wanted):
    """UNTIL in UTC may be the day after the local one."""
    a, b = rule_parts(got), rule_parts(wanted)
    if a is None or b is None or a == b:
        return a == b
    ua, ub = dict(a).get("UNTIL"), dict(b).get("UNTIL")
    if not ua or not ub or a - {("UNTIL", ua)} != b - {("UNTIL", ub)}:
        return False
    near = datetime.strptime(ua, "%Y%m%d") - datetime.strptime(ub, "%Y%m%d")
    return 0 <= near.days <= 1 and "T" in got


def guests(names):
    return sorted(plain(name) for name in names)


def judge(expect, answer):
    """The fields that are wrong, and whether the start is silently wrong or was not read at all."""
    event, question = answer.get("event") or {}, answer.get("question")
    kind = question["kind"] if question else None
    due = expect["question"]
    wrong = []
    names = {kind} | SAME_QUESTION.get(kind, set())
    asked_right = kind is not None and due is not None and not names.isdisjoint(due)
    start = event.get("start")
    if asked_right:
        days = [expect["day"]] if isinstance(expect.get("day"), str) else expect.get("day") or []
        near = start is None or among(start, expect["start"]) or start[:10] in days
        near = near or any(s[:10] == start for s in expect["start"])
        start_right = near or kind in ("past", "impossible", "clock_change", "ambiguous_date")
    elif kind is not None:
        start_right = False
    else:
        start_right = (due is None or None in due) and (
            among(start, expect["start"]) if expect["start"] else start is None)
    silent = kind is None and start is not None and not start_right
    unread = kind is None and start is None and not start_right
    if not start_right:
        wrong.append("start")
    if not asked_right and start_right:
        ends = expect["end"]
        end = event.get("end")
        if (end is not None) if ends is None else not among(end, ends):
            wrong.append("end")
        elif bool(event.get("all_day")) != bool(expect["all_day"]):
            wrong.append("end")
    titles = [plain(title) for title in expect["title"]]
    if titles and plain(event.get("title")) not in titles:
        wrong.append("title")
    lists = [guests(expect["attendees"])] + [guests(one) for one in expect.get("attendees_alt", [])]
    if guests(event.get("attendees", [])) not in lists:
        wrong.append("guests")
    places = [plain(expect["location"])] + [plain(one) for one in expect.get("location_alt", [])]
    if plain(event.get("location")) not in places:
        wrong.append("place")
    rules = expect["rrule"]
    rule = event.get("rrule")
    if (bool(rule)) if not rules else not any(same_rule(rule, one) for one in rules):
        wrong.append("rrule")
    return wrong, silent, unread


def main():
    argv = sys.argv[1:]
    if "--" not in argv:
        sys.exit(__doc__)
    cut = argv.index("--")
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("files", nargs="+")
    options.add_argument("--failures", type=int, default=0)
    options.add_argument("--floor", action="append", default=[])
    args = options.parse_args(argv[:cut])
    counts = defaultdict(lambda: defaultdict(int))
    shown = 0
    for path in args.files:
        rows = [json.loads(line) for line in open(path, encoding="utf-8")]
        asked = "".join(json.dumps({k: row[k] for k in ("id", "text", "now", "tz", "locale")}) + "\n" for row in rows)
        run = subprocess.run(argv[cut + 1:], input=asked, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        if len(answers) != len(rows):
            sys.exit(f"{path}: {len(rows)} messages, {len(answers)} answers")
        language = re.search(r"-(en|es|pt)\.jsonl$", path).group(1)
        for row, answer in zip(rows, answers):
            wrong = []
            for key in (language, "all"):
                count = counts[key]
                if not row["expect"]["schedule"]:
                    count["none"] += 1
                    event = answer.get("event") or {}
                    if event.get("start"):
                        count["stray"] += 1
                        wrong = ["stray"]
                    continue
                wrong, silent, unread = judge(row["expect"], answer)
                count["events"] += 1
                count["start"] += "start" not in wrong
                count["event"] += not wrong
                count["silent"] += silent
                count["unread"] += unread
                for field in FIELDS:
                    count[field] += field not in wrong
            if wrong and shown < args.failures:
                shown += 1
                event = answer.get("event") or {}
                print(f"{row['id']} {','.join(wrong)}: {row['text']!r}")
                got = {k: event.get(k) for k in ("title", "start", "end", "attendees", "location", "rrule")}
                question = answer.get("question")
                print(f"    got  {json.dumps(got, ensure_ascii=False)} Q={question and question['kind']}")
                want = {k: row["expect"].get(k) for k in (*got, "attendees_alt", "location_alt", "question", "day")}
                print(f"    want {json.dumps(want, ensure_ascii=False)} now {row['now']}")
    columns = ("start", "event", "silent", "unread", *FIELDS)
    print("        n " + "".join(f"{c:>8}" for c in columns) + "   stray")
    failed = []
    for key in sorted(counts, key=lambda k: (k == "all", k)):
        count = counts[key]
        share = {c: 100.0 * count[c] / max(count["events"], 1) for c in columns}
        share["stray"] = 100.0 * count["stray"] / max(count["none"], 1)
        print(f"{key:4}{count['events']:5} " + "".join(f"{share[c]:8.1f}" for c in columns)
              + f"   {count['stray']}/{count['none']}")
        for floor in args.floor:
            name, _, value = floor.partition("=")
            worse = share[name] > float(value) if name in ("silent", "unread", "stray") else share[name] < float(value)
            if worse:
                failed.append(f"{key}: {name} is {share[name]:.1f}, the floor is {value}")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
