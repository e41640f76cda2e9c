import { canonicalJson, sha256 } from '../../core/canonical.ts'
import type { ChatFile } from '../chart/chart-file.ts'

/** Where a message is, and which files hang on it; opaque to everybody else. */
export interface MessageId {
  channel: string
  message: string
  /** Names its files; empty where it has none. */
  files: string
}

export function writeMessageId({ channel, message, files }: MessageId): string {
  return [channel, message, ...(files === '' ? [] : [files])].join('/')
}

export function readMessageId(id: string): MessageId | undefined {
  const parts = /^(\d+)\/(\d+)(?:\/([0-9a-f]+))?$/.exec(id)
  return parts === null ? undefined : { channel: parts[1] ?? '', message: parts[2] ?? '', files: parts[3] ?? '' }
}

export function nameFiles(files: readonly ChatFile[]): string {
  return files.length === 0
    ? ''
    : sha256(canonicalJson(files.map(({ name, text, charts }) => [name, text, ...(charts === undefined ? [] : [charts])]))).slice(0, 16)
}

/** Discord makes one message of those with the same nonce, at least for some minutes. `instead` names a message that is gone. */
export function nonceOf(request: string, channel: string, instead = ''): string {
  return sha256(canonicalJson([request, channel, instead])).slice(0, 25)
}
