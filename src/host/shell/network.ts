import { get } from 'node:http'
import { connect } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { JailopsError } from '../../core/errors.ts'
import type { HttpGet } from '../shell.ts'
import { errorCode, errorWords } from './system-error.ts'

const longestExchange = 8 * 1024 * 1024
const longestBody = 1024 * 1024

/** How connections are made from a host; what they report are Node's errors, by their codes, or a JailopsError. */
export interface Connections {
  toSocket(path: string, timeoutSeconds: number): Duplex
  toAddress(address: string, port: number, timeoutSeconds: number): Duplex
}

/** From this very machine. */
export const localConnections: Connections = {
  toSocket: (path) => connect({ path }),
  toAddress: (host, port) => connect({ host, port }),
}

/** Our side stays open until the other closes: a half-closed connection is a hang-up to some. */
export async function exchangeOnSocket(from: Connections, path: string, text: string, timeoutSeconds: number): Promise<string> {
  const socket = from.toSocket(path, timeoutSeconds)
  const late = new JailopsError('timed_out', `${path} gave no complete answer within ${timeoutSeconds} s.`)
  const timer = setTimeout(() => socket.destroy(late), timeoutSeconds * 1000)
  try {
    socket.write(text)
    return await readAll(socket, longestExchange, path)
  } catch (error) {
    if (error instanceof JailopsError) throw error
    const isAway = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(errorCode(error) ?? '')
    const sentence = isAway
      ? `Nobody listens at ${path}; is the program behind it running?`
      : `Talking to ${path} failed: ${errorWords(error)}. Look whether the program behind it still runs, then ask again.`
    throw new JailopsError(isAway ? 'host_not_ready' : 'step_failed', sentence, { cause: error })
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

export async function httpGet(from: Connections, request: HttpGet): Promise<{ status: number; body: string }> {
  const { address, port, path, hostHeader, timeoutSeconds } = request
  const where = `http://${address}:${port}${path} (Host: ${hostHeader})`
  try {
    const signal = AbortSignal.timeout(timeoutSeconds * 1000)
    const answer = Promise.withResolvers<Readable & { statusCode?: number | undefined }>()
    const headers = { host: hostHeader, connection: 'close' }
    const createConnection = () => from.toAddress(address, port, timeoutSeconds)
    // without an agent of any kind: one would make the connection itself, from this machine
    get({ host: address, port, path, headers, signal, createConnection }, answer.resolve).on('error', answer.reject)
    const response = await answer.promise
    return { status: response.statusCode ?? 0, body: await readBeginning(response, longestBody) }
  } catch (error) {
    if (error instanceof JailopsError) throw error
    const isLate = error instanceof Error && error.name === 'AbortError'
    const why = isLate ? `no complete answer within ${timeoutSeconds} s` : errorWords(error)
    throw new JailopsError('step_failed', `${where} did not answer: ${why}.`, { cause: error })
  }
}

/** A long page is a good answer, too: nobody needs all of it here. */
async function readBeginning(stream: Readable, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    total += Buffer.byteLength(chunk)
    if (total > most) break
  }
  return Buffer.concat(chunks).subarray(0, most).toString()
}

/** Made into text as it comes: kept as bytes until the end, an answer would be in memory three times. */
async function readAll(stream: Readable, most: number, from: string): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let total = 0
  for await (const chunk of stream) {
    total += Buffer.byteLength(chunk)
    if (total > most) throw new JailopsError('output_too_long', `${from} answered with more than ${most / 2 ** 20} MiB.`)
    text += decoder.write(chunk)
  }
  return text + decoder.end()
}
