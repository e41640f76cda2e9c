import { shown } from '../core/arguments.ts'
import { tally } from '../core/approval.ts'
import { type Card, type CardStep, hasEnded, type RequestState } from '../core/card.ts'
import { planText } from '../core/plan.ts'
import { describeAction } from '../core/describe-action.ts'
import type { Said } from '../chat/adapter.ts'
import { keptText } from './keeping.ts'
import { everyHost, type RequestRecord } from './record.ts'

/** The card of a request, made from its record alone: what is shown is what is stored. */
export function cardOf(record: RequestRecord): Card {
  const { asked, plan, digest, answer } = record
  const said = record.incoming.said
  const words = asked === undefined ? shown(typedOf(said)) : asked.line
  const { output, file: outputFile, sentence: ofOutput } = outputParts(record)
  const text = [
    answer?.text,
    record.sentence,
    ofOutput,
    hasEnded(record.state) ? confidedText(record) : undefined,
    keptText(record),
    waitingFor(record),
    ...(plan?.remarks ?? []),
  ].filter((part) => part !== undefined && part !== '')
  return {
    request: record.id,
    state: record.state,
    ...(record.reason !== undefined && { reason: record.reason }),
    title: answer?.title ?? `/${words}`,
    ...(text.length > 0 && { text: [...new Set(text)].join('\n') }),
    fields: fieldsOf(record),
    ...(answer?.table !== undefined && { table: answer.table }),
    ...(answer?.charts !== undefined && { charts: answer.charts }),
    ...(output !== undefined && { output }),
    steps: stepsOf(record),
    buttons: buttonsOf(record),
    files: [
      ...(plan !== undefined && digest !== undefined && asked !== undefined
        ? [{ name: `plan-${record.id}.txt`, text: planText({ command: asked.line, host: asked.host ?? '' }, plan, digest) }]
        : []),
      ...(outputFile === undefined ? [] : [outputFile]),
      ...(answer?.files ?? []).map((file) => ({ ...file, isAnswer: true as const })),
    ],
    footer: [
      record.id,
      asked?.host === everyHost ? 'all hosts' : asked?.host,
      digest === undefined ? undefined : `digest ${digest.slice(0, 12)}`,
      asked?.dryRun === true ? 'dry run' : undefined,
    ]
      .filter((part) => part !== undefined)
      .join(' · '),
  }
}

/** As far as anybody can tell before it is understood. */
export function typedOf(said: Said): string {
  if (said.kind === 'options') return said.command
  if (said.kind === 'text') return said.text.replace(/^\//, '')
  return said.press.kind === 'say' ? said.press.words : said.press.kind
}

/** What is longer than this is read more easily in a file. */
const shortOutput = { characters: 1500, lines: 40 }

function outputParts({ id, output }: RequestRecord): { output?: string; file?: Card['files'][number]; sentence?: string } {
  if (output === undefined) return {}
  if (output === '') return { sentence: 'It printed nothing.' }
  const lines = output.split('\n').length
  if (output.length <= shortOutput.characters && lines <= shortOutput.lines) return { output }
  const name = `output-${id}.txt`
  return {
    file: { name, text: `${output}\n`, isAnswer: true },
    sentence: `What it printed is in ${name} (${lines} ${lines === 1 ? 'line' : 'lines'}).`,
  }
}

/** What the card says of it, to everybody. */
function confidedText({ told, incoming }: RequestRecord): string | undefined {
  const { name } = incoming.actor
  if (told === 'told') return `Shown privately to ${name}, once.`
  if (told === 'failed') return `It could not be shown to ${name}, and nobody knows it; ask again.`
  if (told === 'trying') return `It was sent to ${name} privately; whether it arrived is not known. Should it not have, ask again.`
  return undefined
}

/** The card as it is posted first where a forgotten message could never be found again: it says only what stays true. */
export function takenUp({ charts: _charts, ...card }: Card): Card {
  const text = `Taken up. This message becomes its card; should it stay as it is, say /job show ${card.request}.`
  return { ...card, state: 'stored', text, fields: [], steps: [], buttons: [], files: [] }
}

/** A card that shows another's state, as of now and without its buttons. */
export function cardAbout(record: RequestRecord, about: Card): Card {
  return {
    ...about,
    request: record.id,
    state: record.state,
    about: { request: about.request, state: about.state, ...(about.reason !== undefined && { reason: about.reason }) },
    buttons: [],
    footer: `${about.footer} · as of ${new Date(record.updatedAt).toISOString().slice(11, 19)} UTC`,
  }
}

function waitingFor({ state, approval, digest, asked }: RequestRecord): string | undefined {
  if (state !== 'waiting' || approval === undefined || digest === undefined || asked === undefined) return undefined
  const count = tally({ asker: asked.person, digest, needed: approval.needed, expiresAt: approval.expiresAt, votes: approval.votes })
  const missing = approval.needed - (count.kind === 'open' ? count.yes : 0)
  return `Nothing has been done yet. ${missing} ${missing === 1 ? 'approval by somebody else is' : 'approvals by others are'} needed until ${new Date(approval.expiresAt).toISOString().slice(11, 16)} UTC.`
}

function fieldsOf({ state, plan, approval, answer, asked, incoming, digest }: RequestRecord): Card['fields'] {
  const votes = (approval?.votes ?? []).filter((vote) => vote.digest === digest)
  const voters = (choice: 'yes' | 'no') => votes.filter((vote) => vote.choice === choice).map((vote) => vote.name)
  const approved = voters('yes')
  const denied = voters('no')
  return [
    ...(answer?.fields ?? []),
    ...(asked?.risk === 'change' ? outcomeOf(state === 'done' && asked.dryRun ? 'planning' : state, plan?.outcome ?? []) : []),
    ...(asked?.risk === 'change' ? [{ name: 'Asked by', value: incoming.actor.name }] : []),
    ...(approved.length > 0 ? [{ name: 'Approved by', value: approved.join(', ') }] : []),
    ...(denied.length > 0 ? [{ name: 'Denied by', value: denied.join(', ') }] : []),
  ]
}

/** What the plan brings about is a fact only once it is done. */
function outcomeOf(state: RequestState, outcome: Card['fields']): Card['fields'] {
  if (state === 'done') return outcome
  return hasEnded(state) ? [] : outcome.map(({ name, value }) => ({ name: `${name}, when done`, value }))
}

function stepsOf({ plan, steps }: RequestRecord): CardStep[] {
  return (plan?.steps ?? []).map((step, index) => ({
    title: step.title,
    detail: describeAction(step.action) + (step.final === undefined ? '' : `  (no undo: ${step.final})`),
    state: steps[index]?.state ?? 'pending',
  }))
}

function buttonsOf({ id, state, digest, cancelRequested }: RequestRecord): Card['buttons'] {
  if (hasEnded(state) || cancelRequested) return []
  const cancel = { label: 'Cancel', style: 'plain', press: { kind: 'cancel', request: id } } as const
  if (state !== 'waiting' || digest === undefined) return [cancel]
  return [
    { label: 'Approve', style: 'primary', press: { kind: 'approve', request: id, digest } },
    { label: 'Deny', style: 'danger', press: { kind: 'deny', request: id, digest } },
    cancel,
  ]
}
