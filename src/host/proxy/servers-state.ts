import { JailopsError } from '../../core/errors.ts'

/* What HAProxy answers to `show servers state`. */

export interface ServerState {
  address: string
  port: number
  weight: number
  /** Whether it gets new requests (`ready`), only what belongs to old sessions (`drain`), or none at all, unchecked (`maint`). */
  state: 'ready' | 'drain' | 'maint'
}

/** The format's version, a line of titles after `#`, and one line a server. Empty where there is no such backend. */
export function parseServersState(answer: string): { backend: string; name: string; state: ServerState }[] {
  const [version, titles, ...rows] = answer.split('\n').filter((line) => line !== '')
  if (version !== undefined && /find backend/i.test(version)) return []
  const columns = titles?.replace(/^#\s*/, '').split(' ') ?? []
  const at = ['be_name', 'srv_name', 'srv_addr', 'srv_port', 'srv_uweight', 'srv_admin_state'].map((title) => columns.indexOf(title))
  if (version !== '1' || at.some((index) => index < 0)) {
    const said = answer.trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
    throw new JailopsError('step_failed', `HAProxy answered "show servers state" with something else: ${said}`)
  }
  return rows.map((row) => {
    const fields = row.split(' ')
    const [backend = '', name = '', address = '', port, weight, admin] = at.map((index) => fields[index])
    return { backend, name, state: { address, port: Number(port), weight: Number(weight), state: adminState(Number(admin)) } }
  })
}

/** srv_admin_state: bits 1, 2 and 32 are kinds of maintenance, 8 and 16 of drain; 4 only remembers that it began disabled. */
function adminState(bits: number): ServerState['state'] {
  if ((bits & 0b10_0011) !== 0) return 'maint'
  return (bits & 0b1_1000) === 0 ? 'ready' : 'drain'
}
