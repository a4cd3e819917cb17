/** The worker's side of askedWorker.ts: answers each question that is asked, or says why not. */
export function answerQuestions<Question>(answer: (question: Question) => unknown): void {
  addEventListener(
    "message",
    ({ data: { request, question } }: MessageEvent<{ request: number; question: Question }>) => {
      try {
        postMessage({ request, answer: answer(question) });
      } catch (error) {
        postMessage({ request, error: error instanceof Error ? error.message : String(error) });
      }
    },
  );
}
