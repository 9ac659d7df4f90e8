export declare function buildExtension(options?: { readonly dev?: boolean }): Promise<void>;
export declare function packageExtension(options?: { readonly dev?: boolean }): Promise<void>;
