import { ConfError, tokenize, type Piece, type Token } from './lexer.ts'

export interface Parameter {
  name: string
  /** `$name = …`: to be used in other values, no parameter of the jail. */
  isVariable: boolean
  append: boolean
  values: Piece[][]
}

export interface Block {
  name: string
  parameters: Parameter[]
}

/** Reads the text of another file for `.include`; an empty list for a glob that matches nothing. */
export type Include = (path: string) => { file: string; text: string }[]

/** The blocks of a jail.conf in their order. Parameters outside any block make blocks named `*`. */
export function parseJailConf(text: string, file: string, include: Include, depth = 0): Block[] {
  if (depth > 8) throw new ConfError(`${file}: too many levels of .include`)
  const blocks: Block[] = []
  const tokens = tokenize(text, file)
  let at = 0
  while (at < tokens.length) statement()
  return blocks

  function statement(): void {
    const first = take()
    if (first.kind === 'mark') {
      if (first.text === ';') return
      throw syntaxError(first)
    }
    if (first.bare && first.text === '.include') return includeFiles()
    const next = peek()
    if (next.kind === 'mark' && next.text === '{') {
      at++
      blocks.push({ name: fixedText(first), parameters: block() })
      return
    }
    const parameter = readParameter(first)
    end(';')
    const last = blocks.at(-1)
    if (last?.name === '*') last.parameters.push(parameter)
    else blocks.push({ name: '*', parameters: [parameter] })
  }

  function includeFiles(): void {
    const path = take()
    if (path.kind === 'mark') throw syntaxError(path)
    end(';')
    for (const included of include(fixedText(path))) blocks.push(...parseJailConf(included.text, included.file, include, depth + 1))
  }

  function block(): Parameter[] {
    const parameters: Parameter[] = []
    for (;;) {
      const token = take()
      if (token.kind === 'string') {
        parameters.push(readParameter(token))
        end(';')
      } else if (token.text === '}') return parameters
      else if (token.text !== ';') throw syntaxError(token)
    }
  }

  function readParameter(name: Token & { kind: 'string' }): Parameter {
    const [only] = name.pieces
    const isVariable = name.pieces.length === 1 && only?.kind === 'variable'
    const parameter: Parameter = { name: isVariable ? only.name : fixedText(name), isVariable, append: false, values: [] }
    const sign = peek()
    if (sign.kind === 'string' || (sign.text !== '=' && sign.text !== '+=')) return parameter
    at++
    parameter.append = sign.text === '+='
    for (;;) {
      const value = take()
      if (value.kind === 'mark') throw syntaxError(value)
      parameter.values.push(value.pieces)
      const comma = peek()
      if (comma.kind !== 'mark' || comma.text !== ',') return parameter
      at++
    }
  }

  function end(sign: ';'): void {
    const token = take()
    if (token.kind === 'string' || token.text !== sign) throw syntaxError(token)
  }

  function take(): Token {
    const token = peek()
    at++
    return token
  }

  function peek(): Token {
    const token = tokens[at]
    if (token === undefined) throw new ConfError(`${file}: unexpected EOF`)
    return token
  }

  function syntaxError(token: Token): ConfError {
    return new ConfError(`${file} line ${token.line}: ${token.text}: syntax error`)
  }
}

function fixedText(token: Token & { kind: 'string' }): string {
  return token.pieces.map((piece) => (piece.kind === 'text' ? piece.text : `$${piece.name}`)).join('')
}
