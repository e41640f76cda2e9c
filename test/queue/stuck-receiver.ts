import { openReceiver } from '../../src/queue/receiver.ts'

// A receiver of its own process that takes a message, says so, and never gets on with it.
const [, , socketPath = '', queue = ''] = process.argv
openReceiver({
  address: { socketPath },
  queue,
  lockMilliseconds: 1000,
  handle: async (id) => {
    process.stdout.write(id)
    await new Promise(() => undefined)
  },
})
