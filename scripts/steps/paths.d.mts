export declare const root: string;
export declare const cache: string;
export declare const out: string;
export declare const platform: string;
export declare const vsix: string;
export declare const lesson: string;
