declare global {
  namespace App {
    interface PageState {
      /** The drawer's lead, kept in history so that Back closes it. */
      leadId?: string;
    }
  }
}

export {};
