/** Where Slack's deliveries come in: connections of ours to Slack, or Slack's requests to us. */
export interface Inlet {
  /** Resolves when it hears. @throws config_error */
  start(): Promise<void>
  /** Nothing more is taken; what is under way may be acknowledged, for a moment. */
  stop(): Promise<void>
}
