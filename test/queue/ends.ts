import { onTestFinished } from 'vitest'
import { hostQueue } from '../../src/queue/queue-names.ts'
import { openReceiver, type ReceiverOptions } from '../../src/queue/receiver.ts'
import { openSender, type Sender } from '../../src/queue/sender.ts'
import { makeConnection } from './setup.ts'

export const queue = hostQueue('web1')

export async function makeSender(address: { socketPath: string }, kept?: { age: number; count: number }): Promise<Sender> {
  const sender = openSender({ connection: await makeConnection(address), queue, ...(kept && { kept }) })
  onTestFinished(() => sender.close())
  return sender
}

export function makeReceiver(options: Omit<ReceiverOptions, 'queue'>) {
  const receiver = openReceiver({ queue, ...options })
  onTestFinished(() => receiver.close())
  return receiver
}
