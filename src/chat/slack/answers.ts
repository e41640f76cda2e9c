import type { ModalView, PlainTextOption } from '@slack/types'

/** What Slack does with a modal that was sent. */
export type ViewAnswer =
  | { response_action: 'clear' }
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update'; view: ModalView }

/** What a select offers while somebody types. */
export interface OptionsOf {
  options: PlainTextOption[]
}
