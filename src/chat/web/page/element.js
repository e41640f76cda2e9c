/** Makes an element. Text goes in as text nodes only: nothing that anybody typed is ever read as HTML. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : value)
  }
  made.append(...children.flat().filter((child) => child !== undefined))
  return made
}

// Control characters and those that turn the direction of the text around, but neither tab nor newline.
// oxlint-disable-next-line no-control-regex -- finding them is the point
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/gu

/** The text with what cannot be seen made visible: an approver must read what is there, not what it looks like. */
export function visible(text) {
  return text.replace(invisible, (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
}

/** A name or value of somebody's, which cannot change the direction of what stands beside it. */
export function words(text) {
  return element('bdi', {}, visible(text))
}
