/** A wrong library: one place of its text changed. The property tests must notice each. */
export interface Fault {
  readonly name: string
  /** Occurs exactly once in the library. */
  readonly find: string
  readonly replace: string
}

export const faults: readonly Fault[] = [
  {
    name: 'hold ids that can be used again',
    find: "if call('HEXISTS', root .. ':open-holds', hold) + call('HEXISTS', root .. ':holds', hold) > 0 then return 'used' end",
    replace: '',
  },
  {
    name: 'holds that resolve twice',
    find: "  call('HDEL', root .. ':open-holds', hold)\n",
    replace: '',
  },
  {
    name: 'releases after a capture',
    find: "  call('HDEL', root .. ':open-holds', hold)\n",
    replace: "  if how == 'released' then call('HDEL', root .. ':open-holds', hold) end\n",
  },
  { name: 'holds without credits', find: "if has.avail < credits then return 'poor' end", replace: '' },
  {
    name: 'jobs without credits',
    find: "if has.avail < price then return refusal('refusal.credits', { price = price, credits = has.avail }) end",
    replace: '',
  },
  { name: 'parts of a credit', find: 'n ~= math.floor(n) or ', replace: '' },
  { name: 'negative grants', find: 'or n < least ', replace: '' },
  {
    name: 'operations that differ taken as the same',
    find: "return known == asked and 'again' or 'differs'",
    replace: "return 'again'",
  },
  { name: 'grants that are not remembered', find: '  note(root, op, asked)\n  move', replace: '  move' },
  {
    name: 'movements that are not written down',
    find: "  call('XADD', root .. ':journal', n .. '-0', unpack(fields))\n",
    replace:
      "  call('XADD', root .. ':journal', n .. '-0', unpack(fields))\n  if row.kind == 'capture' then call('XDEL', root .. ':journal', n .. '-0') end\n",
  },
  {
    name: 'a chain with a broken link',
    find: 'local before, at, amount = head.hash',
    replace: "local before, at, amount = ''",
  },
  {
    name: 'one-sided entries',
    find: 'add(root, has, row.from, -row.amount, other)',
    replace: "add(root, has, row.from, row.kind == 'daily' and 0 or -row.amount, other)",
  },
  {
    name: 'daily credits given twice a day',
    find: '(has.day == day and has.got >= credits)',
    replace: 'has.day == day and has.got > credits + 1000',
  },
  {
    name: 'more daily credits than a higher entitlement',
    find: 'local more = credits - has.got',
    replace: 'local more = credits',
  },
  { name: 'daily credits that pile up', find: '  if left > 0 then', replace: '  if false then' },
  {
    name: 'paid credits spent before free ones',
    find: 'local free = math.min(has.free, amount)',
    replace: 'local free = 0',
  },
  {
    name: 'refunds that make free credits permanent on their day',
    find: "if how == 'released' and",
    replace: 'if false and',
  },
  { name: 'codes one member can use twice', find: "  call('SADD', key .. ':by', id)\n", replace: '' },
  { name: 'codes that are never used up', find: "  call('HINCRBY', key, 'left', -1)\n", replace: '' },
  {
    name: 'two jobs for one update',
    find: '  local known = shared.known[update]',
    replace: '  local known = nil',
  },
  {
    name: 'two jobs for one update that comes twice in one call',
    find: '  shared.known[update] = id\n',
    replace: '',
  },
  {
    name: 'several accepted in one call of which one is looked after',
    find: "call('ZADD', root .. ':active', unpack(shared.active))",
    replace: "call('ZADD', root .. ':active', shared.active[1], shared.active[2])",
  },
  { name: 'no limit per member', find: 'openOf(root, names) >= memberOpen', replace: 'false' },
  {
    name: 'a limit for each of a person’s names',
    find: 'openOf(root, names) >= memberOpen',
    replace: 'openOf(root, { member }) >= memberOpen',
  },
  { name: 'no limit per place', find: 'shared.openAt[place] >= placeOpen', replace: 'false' },
  {
    name: 'jobs that hold nothing',
    find: 'if price > 0 then append(shared.holds, id, take(root, id, has, price, shared.now, head)) end',
    replace: '',
  },
  {
    name: 'claims of a job that another worker has',
    find: '(job.worker == worker or job.lease < now)',
    replace: 'true',
  },
  {
    name: 'claims of jobs that have ended',
    find: "local free = job.state == 'queued' or",
    replace: "local free = job.state == 'failed' or job.state == 'queued' or",
  },
  {
    name: 'claims without a limit',
    find: 'job.cancelling or job.claims >= mostClaims then',
    replace: 'job.cancelling then',
  },
  { name: 'claims that keep the epoch', find: "'epoch', job.epoch + 1, ", replace: '' },
  {
    name: 'renewals without an epoch',
    find: "job.state ~= 'running' or job.epoch ~= epoch then return 'lost'",
    replace: "job.state ~= 'running' then return 'lost'",
  },
  {
    name: 'clips without an epoch',
    find: 'if not job or job.epoch ~= epoch then return 0 end',
    replace: 'if not job then return 0 end',
  },
  {
    name: 'failures without an epoch',
    find: "if epoch and (job.epoch ~= epoch or job.state ~= 'running') then return 0 end",
    replace: '',
  },
  {
    name: 'clips of cancelled jobs',
    find: '  if job.cancelling then\n    giveUp',
    replace: '  if false then\n    giveUp',
  },
  {
    name: 'anybody cancelling',
    find: "if not samePerson(root, job.member, args[2]) and args[3] ~= '1' then return 'not-yours' end",
    replace: '',
  },
  {
    name: 'failures without a refund',
    find: "if job.price > 0 then finish(root, job.id, 'released') end",
    replace: '',
  },
  {
    name: 'capture before delivery',
    find: "if not job or job.state ~= 'delivering' then return 0 end",
    replace: "if not job or (job.state ~= 'delivering' and job.state ~= 'rendered') then return 0 end",
  },
  { name: 'delivery without capture', find: "if job.price > 0 then finish(root, job.id, 'captured') end", replace: '' },
  {
    name: 'cancelled jobs that stay in line',
    find: "  set(root, job, 'state', 'failed', 'failure', failure)\n  leaveLine(root, job)\n",
    replace: "  set(root, job, 'state', 'failed', 'failure', failure)\n",
  },
  {
    name: 'a line by age alone',
    find: "call('ZADD', root .. ':line:' .. model, digits(start), id)",
    replace: "call('ZADD', root .. ':line:' .. model, 0, id)",
  },
  {
    name: 'more in flight than asked for',
    find: "local free = room - call('ZCARD', root .. ':flight:' .. model)",
    replace: 'local free = room',
  },
  {
    name: 'ended jobs that count as open',
    find: "  if call('SREM', root .. ':open:' .. job.member, job.id) == 0 then return end\n",
    replace: '',
  },
  {
    name: 'ended jobs that count as open in their room',
    find: "call('HINCRBY', root .. ':open-at', job.place, '-1') < 1",
    replace: "call('HINCRBY', root .. ':open-at', job.place, '0') < 1",
  },
  {
    name: 'charges that count twice',
    find: "  if known then return known == update and 'again' or 'known' end\n",
    replace: "  if known and known ~= update then return 'known' end\n",
  },
  {
    name: 'sales from nowhere',
    find: "kind = 'sale', from = 'sys:sold'",
    replace: "kind = 'sale', from = 'sys:issued'",
  },
  {
    name: 'refunds of what was spent',
    find: 'local taken = math.min(mine.avail, tonumber(has[3]))',
    replace: 'local taken = tonumber(has[3])',
  },
  {
    name: 'refunds that come twice',
    find: "  call('HSET', key, 'state', 'returning', 'taken', digits(taken))\n",
    replace: '',
  },
  {
    name: 'refunds that leave expired credits behind',
    find: '    mine.free = math.min(mine.free, mine.avail - taken)\n',
    replace: '',
  },
  {
    name: 'links that double the free credits',
    find: '  if from.day == into.day then\n',
    replace: '  if false then\n',
  },
  {
    name: 'links that forget what is held',
    find: "      if id == from.id then call('HSET'",
    replace: "      if false then call('HSET'",
  },
  { name: 'links that leave credits behind', find: '  if from.avail > 0 then\n', replace: '  if false then\n' },
  { name: 'codes that link twice', find: "  call('DEL', root .. ':link:' .. code)\n", replace: '' },
  {
    name: 'free credits again after a link ends',
    find: '    own.day, own.got = shared.day, shared.got\n',
    replace: '',
  },
  {
    name: 'links that only one side can leave',
    find: 'if one ~= owner and (everybody or name == owner or one == name) then',
    replace: 'if one ~= owner and (everybody or one == name) then',
  },
]
