import { vi } from 'vitest'

// One second is vitest's own patience. Where all tests run at once on two cores, or the machine stands still for a moment, what is
// waited for may take longer without being wrong; whoever waits in vain waits that much longer, once.
const patienceMilliseconds = 30_000

const { waitFor, waitUntil } = vi
vi.waitFor = (callback, options) => waitFor(callback, patiently(options))
vi.waitUntil = (callback, options) => waitUntil(callback, patiently(options))

function patiently(options: number | { timeout?: number; interval?: number } = {}): { timeout?: number; interval?: number } {
  return typeof options === 'number' ? { timeout: options } : { timeout: patienceMilliseconds, ...options }
}
