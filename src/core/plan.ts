import { z } from 'zod'
import { canonicalJson, sha256 } from './canonical.ts'
import { type SiteChange, siteChangeSchema } from './proxy.ts'
import { describeAction } from './describe-action.ts'
import { type Cut, stepSchema, type Step } from './step.ts'

const fieldSchema = z.strictObject({ name: z.string(), value: z.string() })

export const planSchema = z.strictObject({
  steps: z.array(stepSchema),
  /** What the plan touches; no two requests that share one run at the same time. */
  resources: z.array(z.string()),
  /** What the plan chose (`address:10.0.0.5`, `jail:blog`): kept for this request until it ends or expires. */
  reserves: z.array(z.string()),
  /** Facts that the card shows when all is done. Part of the digest: an approver saw them. */
  outcome: z.array(fieldSchema),
  /** Shown, but not approved: sessions now, load, a warning. */
  remarks: z.array(z.string()),
  /** What becomes of which sites: for the record, and to take it back later. */
  sites: z.array(siteChangeSchema).optional(),
  /** Where a step fails, those before it stay: whoever asks wants to look at what went wrong. */
  keep: z.literal(true).optional(),
})
export type Plan = z.infer<typeof planSchema>

/** Puts a plan together; resources and reserves are sorted so that equal plans have equal digests. */
export function plan(
  steps: readonly Step[],
  options: {
    resources: readonly string[]
    reserves?: readonly string[]
    outcome?: Plan['outcome']
    remarks?: readonly string[]
    sites?: readonly SiteChange[]
    keep?: boolean
  },
): Plan {
  return {
    steps: [...steps],
    resources: [...new Set(options.resources)].toSorted(),
    reserves: [...new Set(options.reserves)].toSorted(),
    outcome: [...(options.outcome ?? [])],
    remarks: [...(options.remarks ?? [])],
    ...(options.sites !== undefined && options.sites.length > 0 && { sites: [...options.sites] }),
    ...(options.keep === true && { keep: true }),
  }
}

/** A plan without steps: the host is already as wished. */
export function nothingToDo(sentence: string): Plan {
  return plan([], { resources: [], remarks: [sentence] })
}

/** sha256 over what the plan does, for whom it is asked, and nothing that only informs. */
export function digestOf(
  subject: { host: string; command: string; args: Record<string, unknown> },
  { remarks: _shownOnly, ...does }: Plan,
): string {
  return sha256(canonicalJson({ ...subject, plan: does }))
}

/** The whole plan as text, contents of files included: what a card cannot hold goes up as this file. */
export function planText(subject: { command: string; host: string }, { steps, resources, remarks }: Plan, digest: string): string {
  const lines = [`${subject.command} on ${subject.host}`, `digest ${digest}`, `touches ${resources.join(', ')}`, ...remarks, '']
  for (const [index, step] of steps.entries()) {
    lines.push(`${index + 1}. ${step.title}`, `   ${describeAction(step.action)}`)
    const content = 'content' in step.action ? step.action.content : step.action.kind === 'run' ? step.action.stdin : undefined
    if (typeof content === 'string') lines.push(...content.split('\n').map((line) => `   | ${line}`))
    if (step.action.kind === 'haproxy-splice') lines.push(...step.action.cuts.flatMap(changedLines))
    for (const undo of step.undo ?? []) lines.push(`   undo: ${describeAction(undo.action)}`)
    if (step.final !== undefined) lines.push(`   no undo: ${step.final}`)
  }
  return `${lines.join('\n')}\n`
}

function changedLines({ remove, insert }: Cut): string[] {
  return [...marked('-', remove), ...marked('+', insert)]
}

function marked(mark: string, text: string): string[] {
  return text === ''
    ? []
    : text
        .replace(/\r?\n$/, '')
        .split(/\r?\n/)
        .map((line) => `   | ${mark}${line}`)
}
