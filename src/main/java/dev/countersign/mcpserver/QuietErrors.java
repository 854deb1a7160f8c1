package dev.countersign.mcpserver;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Lets good answers through and swallows the body of an error, whose status it keeps. */
final class QuietErrors extends HttpServletResponseWrapper {
    private int error;

    QuietErrors(HttpServletResponse response) {
        super(response);
    }

    /** The error status; 0 when there was none. */
    int error() {
        return error;
    }

    @Override
    public void setStatus(int status) {
        if (status >= HttpServletResponse.SC_BAD_REQUEST) {
            error = status;
        } else {
            super.setStatus(status);
        }
    }

    @Override
    public void sendError(int status, String message) {
        error = status;
    }

    @Override
    public void sendError(int status) {
        error = status;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        return error == 0
                ? super.getWriter()
                : new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return error == 0 ? super.getOutputStream() : new Nowhere();
    }

    private static final class Nowhere extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("an error's body is not written in the background");
        }

        @Override
        public void write(int b) {
            // Swallowed: the guard writes the body.
        }
    }
}
