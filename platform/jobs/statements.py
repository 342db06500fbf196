"""What leases are made of, each one short statement by the database's clock."""

from jobs.models import PlatformHalt

HALTING = "halt"


def halted(run: str = "r") -> str:
    """Whether anything that this run belongs to stands still. A few rows at most, looked up by every claim."""
    return f"""(
    exists (select from jobs_halt h
            where h.tenant_id = {run}.tenant_id and h.key = any({run}.keys || {run}.tenant_id))
    or exists (select from jobs_platformhalt p
               where p.key = any({run}.keys || '{PlatformHalt.EVERYTHING}'::uuid)))"""  # noqa: S608


# Fair between tenants (the least recently served first), oldest first within a lane, one held run a lane.
# A lease that ran out is taken over only after the longest call of its holder is over.
CLAIM = f"""
with candidate as (
    select r.id, r.tenant_id from jobs_run r
    left join jobs_turn t on t.tenant_id = r.tenant_id
    where ((r.state = 'ready' and r.run_at <= clock_timestamp())
           or (r.state = 'waiting' and r.look_at <= clock_timestamp())
           or (r.state = 'held' and r.lease_until < now() and coalesce(r.calling_until, r.lease_until) < now()))
      and not {halted()}
      and not exists (
          select from jobs_run o
          where o.tenant_id = r.tenant_id and o.lane = r.lane and o.id <> r.id
            and (o.state = 'held' or (o.state = 'ready' and (o."order", o.id) < (r."order", r.id))))
    order by t.served_at nulls first, r."order"
    limit 1
    for update of r skip locked
), claimed as (
    update jobs_run r
    set state = 'held', fence = fence + 1, attempts = attempts + 1,
        lease_until = now() + %(lease)s, calling_until = null, look_at = null
    from candidate c where r.id = c.id
    returning r.id, r.tenant_id, r.kind, r.subject_id, r.mode, r.fence, r.attempts, r.run_at, r.stop
), turn as (
    insert into jobs_turn (id, tenant_id, served_at)
    select gen_random_uuid(), tenant_id, clock_timestamp() from claimed
    on conflict (tenant_id) do update set served_at = excluded.served_at
)
select * from claimed
"""  # noqa: S608  only constants of this file

# Each says what was asked for meanwhile, so that a slice hears of it wherever it saves.
RENEW = f"""
update jobs_run r set lease_until = now() + %(lease)s
where id = %(id)s and fence = %(fence)s and state = 'held'
returning case when {halted()} then '{HALTING}' else stop end
"""  # noqa: S608  only constants of this file

CALLING = f"""
update jobs_run r set lease_until = now() + %(lease)s, calling_until = now() + %(call)s
where id = %(id)s and fence = %(fence)s and state = 'held'
returning case when {halted()} then '{HALTING}' else stop end
"""  # noqa: S608  only constants of this file

# Whoever wakes a held run changes its run_at (jobs.services.wake): then there is something to look at again.
# What was asked for and not noticed by the slice is obeyed here; an ended run keeps only what made it end.
FINISH = """
update jobs_run
set state = case when %(state)s = 'ended' then %(state)s
                 when stop = 'pause' then 'paused'
                 when %(state)s = 'waiting' and run_at <> %(run_at)s then 'ready'
                 else %(state)s end,
    stop = case when stop = 'pause' or (%(state)s = 'ended' and %(stop)s <> 'cancel') then '' else stop end,
    run_at = case when run_at <> %(run_at)s then now() else now() + %(wait)s end,
    look_at = now() + %(look)s::interval, remark = coalesce(%(remark)s, remark),
    lease_until = null, calling_until = null,
    attempts = case when %(progress)s then 0 else attempts - %(unmade)s end,
    ended_at = case when %(state)s = 'ended' then now() end
where id = %(id)s and fence = %(fence)s and state = 'held'
"""
