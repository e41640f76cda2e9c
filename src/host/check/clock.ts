import { answerOf, good, itSaid, lacks, type Look, type Seen, unknown, warning } from './look.ts'

/** Messages between bot and worker are good for 10 to 30 seconds by the receiver's clock. */
const limits = { warning: 5, lacks: 10 }
const remedy = [
  'sysrc ntpd_enable=YES ntpd_sync_on_start=YES',
  'service ntpd restart',
  'ntpq -pn   # after some minutes one line begins with *',
]

export async function checkClock(look: Look): Promise<Seen[]> {
  if (look.target !== undefined) return [await againstOurs(look)]
  if (look.redisTime === undefined)
    return [unknown("Its clock was compared with no other: this is the worker's own machine, and no Redis was given to compare with.")]
  return [await againstRedis(look, look.redisTime)]
}

interface Skew {
  /** Of the host, in seconds; above 0 it is ahead. */
  seconds: number
  /** Half of what the answer took to come, and of what the clock is told in. */
  uncertainty: number
}

async function againstOurs(look: Look): Promise<Seen> {
  const before = look.now()
  const answer = await answerOf(look, 'date', '-u', '+%s')
  const after = look.now()
  const text = answer.stdout.trim()
  if (answer.exitCode !== 0 || !/^\d{9,11}$/.test(text)) return unknown(`Its clock is not known: ${itSaid(answer)}.`)
  // date tells whole seconds, cut off
  const seconds = Number(text) + 0.5 - (before + after) / 2000
  return judge(
    { seconds, uncertainty: (after - before) / 2000 + 0.5 },
    'the clock of jailops',
    'certificates, logs and what is said of the trash go by it',
  )
}

async function againstRedis(look: Look, redisTime: () => Promise<number>): Promise<Seen> {
  const before = look.now()
  const theirs = await redisTime()
  const after = look.now()
  const seconds = (before + after) / 2000 - theirs / 1000
  return judge(
    { seconds, uncertainty: (after - before) / 2000 },
    "Redis's clock",
    'messages between bot and worker expire after 10 to 30 s',
  )
}

function judge({ seconds, uncertainty }: Skew, other: string, why: string): Seen {
  const off = Math.abs(seconds)
  const isSurelyWrong = off - uncertainty > limits.lacks
  if (!isSurelyWrong && uncertainty > limits.warning / 2)
    return unknown(`The answer took too long to compare its clock with ${other}: ± ${uncertainty.toFixed(1)} s.`)
  const says = `Its clock is ${off.toFixed(1)} s ${seconds < 0 ? 'behind' : 'ahead of'} ${other} (± ${uncertainty.toFixed(1)} s)`
  if (off > limits.lacks) return lacks(`${says}, and ${why}.`, ...remedy)
  if (off > limits.warning) return warning(`${says}, and ${why}.`, ...remedy)
  return good(off <= uncertainty ? `Its clock agrees with ${other} (± ${uncertainty.toFixed(1)} s).` : `${says}.`)
}
