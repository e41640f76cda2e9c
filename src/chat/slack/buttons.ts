import type { Button } from '@slack/types'
import type { Card } from '../../core/card.ts'
import { costOf, limits, plain } from './blocks.ts'
import { clip, line } from './escape.ts'

/** Begins the action_id of every button that is a card's press. */
export const pressAction = 'press.'

/** All buttons of a message together: a part of its budget that leaves the rest to the card. */
const budget = 4000

/** Rows of buttons as Slack takes them, and how many do not fit. */
export function clipButtons(buttons: Card['buttons']): { shown: Button[][]; hidden: number } {
  const shown: Button[] = []
  let left = budget
  for (const [index, { label, style, press }] of buttons.entries()) {
    const value = JSON.stringify(press)
    const button: Button = {
      type: 'button',
      action_id: `${pressAction}${index}`,
      text: plain(clip(line(label).trim() || press.kind, limits.button)),
      value,
      ...(style !== 'plain' && { style }),
    }
    if (value.length > limits.buttonValue || costOf(button) > left || shown.length === 2 * limits.buttonsInBlock) continue
    left -= costOf(button)
    shown.push(button)
  }
  const rows = [shown.slice(0, limits.buttonsInBlock), shown.slice(limits.buttonsInBlock)]
  return { shown: rows.filter((row) => row.length > 0), hidden: buttons.length - shown.length }
}
