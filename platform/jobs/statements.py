"""What leases are made of, each one short statement by the database's clock."""

from jobs import pulses
from jobs.models import PlatformHalt

HALTING = "halt"
LITTLE = 6.0  # seconds: a run that has been worked on for less is served by the express slots too
MOMENT = 1.0  # seconds for which it is left to them where there is other work: several of their looks
EXPRESS_LIVES = f"""(
    select exists (select from jobs_pulse where starts_with(name, '{pulses.EXPRESS}')
                   and ticked_at > now() - interval '{pulses.GONE_AFTER.seconds} s'))"""  # noqa: S608  only constants


def halted(run: str = "r", despite_pause: str = "%(despite_pause)s") -> str:
    """Whether anything that this run belongs to stands still. A few rows at most, looked up by every claim.

    `despite_pause`: where the kinds come in that a tenant's pause does not hold (jobs.handlers).
    """
    return f"""(
    exists (select from jobs_halt h
            where h.tenant_id = {run}.tenant_id and h.key = any({run}.keys || {run}.tenant_id)
              and {run}.kind <> all({despite_pause}))
    or exists (select from jobs_platformhalt p
               where p.key = any({run}.keys || '{PlatformHalt.EVERYTHING}'::uuid)))"""  # noqa: S608


# What is claimed next. The walk over tenants with open runs goes from one to the next in the index "lanes", however
# many runs they have. The tenant that was served the least for its weight comes first (jobs.models.Share). Of each of
# its lanes only the first may be worked on: what is held before all else, then the oldest. A lease that ran out is
# taken over only after the longest call of its holder is over. `little`: only runs that have been worked on for fewer
# seconds, the least first. Without it those come last for a moment, while a process lives that serves nothing else:
# sharing one with large work they would take twice as long.
_NEXT = f"""
with recursive hungry (tenant_id) as (
    (select tenant_id from jobs_run where state <> 'ended' order by tenant_id, lane limit 1)
    union all
    select (select tenant_id from jobs_run where state <> 'ended' and tenant_id > h.tenant_id
            order by tenant_id, lane limit 1)
    from hungry h where h.tenant_id is not null
), candidate as (
    select r.id, r.tenant_id
    from (
        select h.tenant_id, s.virtual_time, s.served_at
        from hungry h left join jobs_share s using (tenant_id) where h.tenant_id is not null
        order by s.virtual_time nulls first, s.served_at nulls first, h.tenant_id
    ) t cross join lateral (
        select distinct on (lane) id from jobs_run
        where tenant_id = t.tenant_id and state <> 'ended'
          and (state in ('ready', 'held') or (state = 'waiting' and look_at <= clock_timestamp()))
        order by lane, state <> 'held', "order", id
    ) first join jobs_run r on r.id = first.id
    where ((r.state = 'ready' and r.run_at <= clock_timestamp() - %(since)s)
           or (r.state = 'waiting' and r.look_at <= clock_timestamp())
           or (r.state = 'held' and r.lease_until < now() and coalesce(r.calling_until, r.lease_until) < now()))
      and not {halted()} and r.tenant_id is distinct from %(but)s
      and (%(little)s::float is null or r.worked < %(little)s)
    order by case when %(little)s::float is not null then r.worked end,
             r.worked < {LITTLE} and r.run_at > clock_timestamp() - interval '{MOMENT} s' and {EXPRESS_LIVES},
             t.virtual_time nulls first, t.served_at nulls first, t.tenant_id, r."order"
    limit 1
"""  # noqa: S608  only constants of this file

CLAIM = f"""{_NEXT}
    for update of r skip locked
), claimed as (
    update jobs_run r
    set state = 'held', fence = fence + 1, attempts = attempts + 1,
        crashes = crashes + (state = 'held')::int,  -- the holder before died without a word
        lease_until = now() + %(lease)s, calling_until = null, look_at = null
    from candidate c where r.id = c.id
    returning r.id, r.tenant_id, r.kind, r.subject_id, r.fence, r.attempts, r.crashes, r.run_at, r.stop
), present as (
    select coalesce(max(virtual_start), 0) as at from jobs_share
), charged as (
    insert into jobs_share as s (id, tenant_id, weight, virtual_start, virtual_time, served_at)
    select gen_random_uuid(), c.tenant_id, 1, p.at, p.at + 1, clock_timestamp() from claimed c, present p
    on conflict (tenant_id) do update
    set virtual_start = greatest(s.virtual_time, excluded.virtual_start),
        virtual_time = greatest(s.virtual_time, excluded.virtual_start) + 1.0 / s.weight,
        served_at = excluded.served_at
)
select * from claimed
"""  # noqa: S608  only constants of this file

OTHERS_WAIT = f"""{_NEXT}
) select exists (select from candidate)
"""  # noqa: S608  only constants of this file


def _kept(also: str = "") -> str:
    """Keeps a run ours. Says what was asked for meanwhile, so that a slice hears of it wherever it saves, and what
    time it is; and keeps that there was progress, so that a worker which is killed later was not killed in vain."""
    return f"""
update jobs_run r set lease_until = now() + %(lease)s, {also} crashes = case when %(progress)s then 0 else crashes end
where id = %(id)s and fence = %(fence)s and state = 'held'
returning case when {halted()} then '{HALTING}' else stop end, clock_timestamp()
"""  # noqa: S608  only constants of this file


RENEW = _kept()
CALLING = _kept("calling_until = now() + %(call)s,")
CALLED = _kept("calling_until = null,")

# Whoever wakes a held run changes its run_at (jobs.services.wake): then there is something to look at again, also
# where the slice found nothing more to do, for it may have looked before. Who cancels it changes that, too.
# What was asked for and not noticed by the slice is obeyed here; an ended run keeps only what made it end.
# The tenant is charged for the time that its slice took; for one quantum it was when the run was claimed.
_ENDS = "%(state)s = 'ended' and (run_at = %(run_at)s or stop = 'cancel')"
FINISH = f"""
with finished as (
    update jobs_run
    set state = case when {_ENDS} then 'ended'
                     when stop = 'pause' then 'paused'
                     when run_at <> %(run_at)s then 'ready'
                     else %(state)s end,
        stop = case when stop = 'pause' or (%(state)s = 'ended' and %(stop)s <> 'cancel') then '' else stop end,
        run_at = case when run_at <> %(run_at)s then now() else now() + %(wait)s end,
        look_at = now() + %(look)s::interval, remark = coalesce(%(remark)s, remark),
        lease_until = null, calling_until = null,
        attempts = %(attempts)s, crashes = %(crashes)s, worked = worked + %(seconds)s,
        ended_at = case when {_ENDS} then now() end
    where id = %(id)s and fence = %(fence)s and state = 'held'
    returning tenant_id
), settled as (
    update jobs_share s
    set virtual_time = s.virtual_time + (%(quanta)s - 1) / s.weight
    from finished f where s.tenant_id = f.tenant_id
)
select 1 from finished
"""  # noqa: S608  only constants of this file
