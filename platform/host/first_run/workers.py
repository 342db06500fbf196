"""Whether anybody works: workers that hear the queue, and beat."""

from host.first_run.findings import GOOD, MISSING, TO_MEND, Finding
from jobs.pulses import liveness

TITLE = "Workers and beat"


def look() -> Finding:
    found = liveness()
    if not found.workers:
        remedy = "Start the lines worker, express and beat of the Procfile."
        return Finding(TITLE, MISSING, "No worker is alive: jobs are kept, but nothing is fetched or posted.", remedy)
    many = "1 worker is" if found.workers == 1 else f"{found.workers} workers are"
    if found.deaf:
        sentence = f"{many} alive, and not all hear the queue: {', '.join(found.deaf)}."
        return Finding(TITLE, TO_MEND, sentence, "Look at Valkey and REDIS_URL, then restart them.")
    if not found.beat:
        sentence = f"{many} alive. Beat was not heard: workers look for work by themselves, more slowly."
        return Finding(TITLE, TO_MEND, sentence, "Start the line beat of the Procfile.")
    return Finding(TITLE, GOOD, f"{many} alive, and so is beat.")
