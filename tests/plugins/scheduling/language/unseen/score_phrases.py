#!/usr/bin/env python3
"""Time expressions: how many come out with exactly the value that was written down by hand?

    python3 score_phrases.py [--failures N] [--floor PERCENT] [--stray N] FILE.jsonl ... -- PARSER [ARGUMENT ...]

The files have the form of the development split of the public corpora (docs/language.md, "Measuring"): each line holds
"expect", a list of expressions with "type", "start", "end", "rrule" and equally right readings in "also"; none for a text
without a time. Clock times without a half of the day pass with either, and a value without an offset is compared by the
wall clock. --floor ends with status 1 when a file is below it, --stray when more texts without a time get one.
"""
import argparse
import json
import re
import subprocess
import sys

FAMILY = {"date": "day", "daterange": "day", "datetime": "moment", "datetimerange": "moment", "time": "clock",
          "timerange": "clock", "duration": "duration", "set": "set"}


def seconds(text):
    found = re.match(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$", text or "")
    if not found:
        return None
    size = (31536000, 2592000, 604800, 86400, 3600, 60, 1)
    return sum(int(n or 0) * s for n, s in zip(found.groups(), size))


def wall(text, keep_offset):
    """The wall clock to the minute; with its offset where the expected value has one."""
    if text is None:
        return None
    found = re.match(r"(\d{4}-\d\d-\d\d)?T?(?:(\d\d:\d\d)(?::\d\d)?)?(Z|[+-]\d\d:?\d\d)?$", text)
    return (found[1], found[2], found[3] if keep_offset else None) if found else text


def rule(text):
    return {part for part in (text or "").split(";") if part and part != "INTERVAL=1" and not part.startswith("BYHOUR")
            and not part.startswith("BYMINUTE") and not part.startswith("WKST")}


def same(wanted, got):
    if FAMILY[wanted["type"]] == "duration":
        return got["type"] == "duration" and seconds(wanted["start"]) == seconds(got["start"])
    if wanted["type"] == "set":
        return got["type"] == "set" and rule(wanted["rrule"]) == rule(got["rrule"])
    offset = any(re.search(r"T.*[+-]\d\d:?\d\d$", wanted[end] or "") for end in ("start", "end"))
    if FAMILY[wanted["type"]] == "clock":
        offset = any(re.search(r"[+-]\d\d:\d\d$", wanted[end] or "") for end in ("start", "end"))
    return (wall(wanted["start"], offset), wall(wanted["end"], offset)) == (
        wall(got["start"], offset), wall(got["end"], offset))


def main():
    cut = sys.argv.index("--") if "--" in sys.argv else sys.exit(__doc__)
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("files", nargs="+")
    options.add_argument("--failures", type=int, default=0)
    options.add_argument("--floor", type=float, default=0)
    options.add_argument("--stray", type=int, default=1000)
    args = options.parse_args(sys.argv[1:cut])
    failed = []
    for path in args.files:
        rows = [json.loads(line) for line in open(path, encoding="utf-8")]
        asked = "".join(json.dumps({k: row[k] for k in ("id", "text", "now", "tz", "locale")}) + "\n" for row in rows)
        run = subprocess.run(sys.argv[cut + 1:], input=asked, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        total = right = stray = 0
        for row, answer in zip(rows, answers, strict=True):
            if not row["expect"]:
                stray += bool(answer["times"])
            for wanted in row["expect"]:
                total += 1
                ok = any(same({**wanted, **reading}, got) for reading in [{}, *wanted.get("also", [])]
                         for got in answer["times"])
                right += ok
                if not ok and args.failures > 0:
                    args.failures -= 1
                    print(f"{row['id']} {row['text']!r}\n    got  {answer['times']}\n    want {wanted}")
        share = 100.0 * right / total
        print(f"{path.rsplit('/', 1)[-1]}: {right} of {total} right ({share:.1f} %), {stray} stray")
        if share < args.floor or stray > args.stray:
            failed.append(f"{path}: {share:.1f} % right (floor {args.floor}), {stray} stray (at most {args.stray})")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
