/** The one font that a picture has: what a machine has of its own differs, and FreeBSD has none. */
export const fontFamily = 'DejaVu Sans'
export const pictureWidth = 800
/** Of one chart. */
export const rowHeight = 220
